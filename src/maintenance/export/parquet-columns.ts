import type { DecodedArray } from 'hyparquet'
import type { SqlValue } from '../../store/index.js'
import { MaintenanceError } from '../error.js'
import { type Column, COLUMN_KINDS } from '../rows/columns.js'

/** Values of one column that wait to be written, in less memory than they take one by one. */
export interface WaitingColumn {
  /** @throws MaintenanceError where a value does not fit */
  add(rows: readonly SqlValue[][]): void
  /** As the library takes them; made when they are asked for, so that one column at a time has them. */
  values(): DecodedArray
  clear(): void
}

/** @param isVaried whether values differ from row to row */
export function waitingColumn(column: Column, at: number, isVaried: boolean): WaitingColumn {
  if (COLUMN_KINDS[column] !== 'text') return new NumberColumn(column, at)
  return isVaried ? new VariedTexts(column, at) : new FewTexts(column, at)
}

/** Numbers in memory that is used again for each group: what V8's heap keeps for some time, it gives back late. */
class Numbers<A extends Int32Array | Float64Array> {
  #array: A
  length = 0

  constructor(array: A) {
    this.#array = array
  }

  push(value: number): void {
    if (this.length === this.#array.length) {
      const larger = new (this.#array.constructor as new (length: number) => A)(this.length * 2)
      larger.set(this.#array)
      this.#array = larger
    }
    this.#array[this.length++] = value
  }

  map<T>(mapped: (value: number, at: number) => T): T[] {
    const result: T[] = []
    for (let at = 0; at < this.length; at++) result.push(mapped(this.#array[at] as number, at))
    return result
  }
}

const FIRST_LENGTH = 1024

/** Stands for null among lengths and places. */
const NULL = -1

class NumberColumn implements WaitingColumn {
  readonly #column: Column
  readonly #at: number
  readonly #numbers = new Numbers(new Float64Array(FIRST_LENGTH))
  /** What no number can be: null, and integers beyond the safe ones. */
  readonly #others = new Map<number, bigint | null>()

  constructor(column: Column, at: number) {
    this.#column = column
    this.#at = at
  }

  add(rows: readonly SqlValue[][]): void {
    const isReal = COLUMN_KINDS[this.#column] === 'real'
    for (const row of rows) {
      const value = row[this.#at] as SqlValue
      if (typeof value === 'number' && (isReal || Number.isSafeInteger(value))) this.#numbers.push(value)
      else if (value === null || (typeof value === 'bigint' && !isReal)) {
        this.#others.set(this.#numbers.length, value)
        this.#numbers.push(0)
      } else throw unfit(row, this.#column, value)
    }
  }

  values(): DecodedArray {
    const others = this.#others
    const isReal = COLUMN_KINDS[this.#column] === 'real'
    return this.#numbers.map((value, at) => {
      if (others.has(at)) return others.get(at)
      return isReal ? value : BigInt(value)
    })
  }

  clear(): void {
    this.#numbers.length = 0
    this.#others.clear()
  }
}

/** Texts of which there are few different ones: the library makes a dictionary of them. */
class FewTexts implements WaitingColumn {
  readonly #column: Column
  readonly #at: number
  readonly #texts: string[] = []
  readonly #placeOf = new Map<string, number>()
  readonly #places = new Numbers(new Int32Array(FIRST_LENGTH))

  constructor(column: Column, at: number) {
    this.#column = column
    this.#at = at
  }

  add(rows: readonly SqlValue[][]): void {
    for (const row of rows) {
      const text = textOf(row, this.#column, this.#at)
      this.#places.push(text === null ? NULL : (this.#placeOf.get(text) ?? this.#keep(text)))
    }
  }

  #keep(text: string): number {
    this.#placeOf.set(text, this.#texts.length)
    return this.#texts.push(text) - 1
  }

  values(): DecodedArray {
    return this.#places.map((place) => (place === NULL ? null : this.#texts[place]))
  }

  clear(): void {
    this.#places.length = 0
    this.#placeOf.clear()
    this.#texts.length = 0
  }
}

/** Other texts, in UTF-8 one after the other: encoded one by one, each would have memory of its own. */
class VariedTexts implements WaitingColumn {
  readonly #column: Column
  readonly #at: number
  readonly #encoder = new TextEncoder()
  readonly #lengths = new Numbers(new Int32Array(FIRST_LENGTH))
  #bytes = new Uint8Array(FIRST_LENGTH)
  #used = 0

  constructor(column: Column, at: number) {
    this.#column = column
    this.#at = at
  }

  add(rows: readonly SqlValue[][]): void {
    const texts = rows.map((row) => textOf(row, this.#column, this.#at))
    const all = texts.join('')
    const size = Buffer.byteLength(all)
    this.#reserve(size)
    this.#encoder.encodeInto(all, this.#bytes.subarray(this.#used))
    this.#used += size
    const isAscii = size === all.length
    for (const text of texts)
      if (text === null) this.#lengths.push(NULL)
      else this.#lengths.push(isAscii ? text.length : Buffer.byteLength(text))
  }

  #reserve(size: number): void {
    if (this.#used + size <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#used + size, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#used))
    this.#bytes = larger
  }

  values(): DecodedArray {
    let end = 0
    return this.#lengths.map((length) => {
      if (length === NULL) return null
      const start = end
      end += length
      return this.#bytes.subarray(start, end)
    })
  }

  clear(): void {
    this.#used = 0
    this.#lengths.length = 0
  }
}

function textOf(row: readonly SqlValue[], column: Column, at: number): string | null {
  const value = row[at] as SqlValue
  if (value === null || (typeof value === 'string' && value.isWellFormed())) return value
  throw unfit(row, column, value)
}

function unfit(row: readonly SqlValue[], column: Column, value: SqlValue): MaintenanceError {
  return new MaintenanceError(
    'unfit',
    `row ${String(row[0])} has ${show(value)} as ${column}, which Parquet's ${COLUMN_KINDS[column]} column cannot hold`,
    'export to csv, json or jsonl, which keep it',
  )
}

function show(value: SqlValue): string {
  return value instanceof Uint8Array ? `${value.length} bytes` : JSON.stringify(String(value).slice(0, 40))
}
