import { isUtf8 } from 'node:buffer'
import type { Database, Statement } from 'better-sqlite3'
import { readKey } from '../../../config/index.js'
import { pseudonymOf } from '../../../record/index.js'
import { type RecordFilter, StoreError } from '../../contract.js'
import { openForReading, SMALL_CACHE, toStoreError } from '../database.js'
import { conditionOf, type Question, questionOf, registerTimes } from '../filter.js'
import { hasTable } from '../migrations.js'
import type { SqlValue } from '../rows.js'
import { COLUMNS } from '../schema.js'
import { textOfBytes } from './lone-surrogates.js'

/** Row ids that one read takes in, so that no read keeps the write-ahead log from being emptied for long. */
const PAGE_ROWS = 1000

/** Bytes of long texts from which on a page is made smaller. */
const PAGE_BYTES = 4 * 1024 * 1024

/** Columns whose texts may be long. */
const LONG = ['metadata', 'error_message', 'feature_name', 'user_id', 'session_id'] as const

/** Integers that a JavaScript number may not hold exactly. */
const IS_HUGE = ['input_size', 'output_size', 'iterations']
  .map((column) => `(typeof(${column}) = 'integer' AND ${column} NOT BETWEEN -9007199254740991 AND 9007199254740991)`)
  .join(' OR ')

/** Some rows, and how far the reading has come. */
export interface RowPage<T> {
  readonly content: T
  readonly rows: number
  /** 0 to 1, of the row ids there were when the reading began. */
  readonly share: number
}

interface Window {
  readonly from: number
  readonly to: number
  readonly rows: number
  readonly hasHuge: boolean
}

/**
 * Reads whole rows, exactly as they are stored, in the order in which they were written. It goes page by page: each is a
 * read transaction of its own, so that memory stays bounded and writers are never in its way. Rows that are written after
 * the reading began are left out.
 */
export class RowSource {
  readonly path: string
  readonly #database: Database
  readonly #question: Question
  #first = 0
  #last = 0

  /** @throws StoreError; TypeError for a bad filter */
  constructor(path: string, filter: RecordFilter = {}) {
    this.path = path
    this.#question = questionOf(filter, (userId) => userForms(path, userId))
    this.#database = openForReading(path, SMALL_CACHE)
    try {
      registerTimes(this.#database)
      // SQLite writes numbers with 15 digits; this is the shortest text that reads back as the same number.
      this.#database.function('real_text', { deterministic: true }, String)
      this.#database.function('is_utf8', { deterministic: true }, (bytes) => (isUtf8(bytes as Buffer) ? 1 : 0))
      this.#ask(() => {
        this.#lookAround()
      })
    } catch (error) {
      this.close()
      throw error
    }
  }

  #lookAround(): void {
    if (!hasTable(this.#database, 'feature_usage'))
      throw new StoreError('empty', `${this.path} has no table feature_usage: nothing was ever tracked in it`)
    // Each by itself: of both together SQLite would look at every row.
    const end = (which: string): string => `(SELECT ${which}(rowid) FROM feature_usage)`
    const ends = `SELECT coalesce(${end('min')}, 0), coalesce(${end('max')}, -1)`
    const [first, last] = this.#database.prepare(ends).raw().get() as [number, number]
    this.#first = first
    this.#last = last
  }

  /** Whether there are sums of records that retention removed. */
  get hasFrozenSums(): boolean {
    if (!hasTable(this.#database, 'feature_rollup_state')) return false
    return this.#database.prepare('SELECT frozen_day FROM feature_rollup_state').pluck().get() !== null
  }

  /**
   * Text that SQLite makes of each row, as bytes.
   * @param expression SQL over the columns of a row
   * @param careful the same for rows with texts that are no UTF-8, from which the first would make bytes that are none
   * @param separator between two rows
   */
  *texts(expression: string, careful: string, separator: string): Generator<RowPage<Buffer>> {
    const { where, values } = this.#condition()
    const [fast, safe] = [expression, careful].map((line) =>
      this.#database
        .prepare<SqlValue[], Buffer>(
          `SELECT CAST(group_concat(line, ?) AS BLOB) FROM (SELECT ${line} AS line FROM feature_usage${where} ORDER BY rowid)`,
        )
        .pluck(),
    ) as [Statement<SqlValue[], Buffer>, Statement<SqlValue[], Buffer>]
    const read = ({ from, to }: Window): Buffer => {
      const bytes = fast.get(separator, ...values, from, to) as Buffer
      return isUtf8(bytes) ? bytes : (safe.get(separator, ...values, from, to) as Buffer)
    }
    for (const window of this.#windows()) yield this.#page(window, () => read(window))
  }

  /** The values of each row in the order of the columns; integers beyond the safe ones are bigint. */
  *rows(): Generator<RowPage<SqlValue[][]>> {
    const { where, values } = this.#condition()
    const rest = `FROM feature_usage${where} ORDER BY rowid`
    const plain: Statement<SqlValue[], SqlValue[]> = this.#database
      .prepare<SqlValue[], SqlValue[]>(`SELECT ${COLUMNS.join(', ')} ${rest}`)
      .raw()
    const exact: Statement<SqlValue[], SqlValue[]> = this.#database
      .prepare<SqlValue[], SqlValue[]>(`SELECT ${COLUMNS.map(exactly).join(', ')} ${rest}`)
      .raw()
      .safeIntegers()
    const read = ({ from, to, hasHuge }: Window): SqlValue[][] => {
      const rows = hasHuge ? undefined : plain.all(...values, from, to)
      if (rows?.some(mayHaveLost) === false) return rows
      return exact.all(...values, from, to).map(fromExact)
    }
    for (const window of this.#windows()) yield this.#page(window, () => read(window))
  }

  #page<T>(window: Window, read: () => T): RowPage<T> {
    return { content: this.#ask(read), rows: window.rows, share: this.#share(window.to) }
  }

  #share(rowid: number): number {
    return this.#last <= this.#first ? 1 : Math.min(1, (rowid - this.#first) / (this.#last - this.#first))
  }

  /** Stretches of row ids with few enough rows and bytes. */
  *#windows(): Generator<Window> {
    const { where, values } = this.#condition()
    const bytes = LONG.map((column) => `coalesce(octet_length(${column}), 0)`).join(' + ')
    const measure = this.#database
      .prepare<SqlValue[], [number, number, number | null]>(
        `SELECT count(*), total(${bytes}), max(${IS_HUGE}) FROM feature_usage${where}`,
      )
      .raw()
    const next = this.#database
      .prepare<[number], number | null>('SELECT min(rowid) FROM feature_usage WHERE rowid > ?')
      .pluck()
    let span = PAGE_ROWS
    for (let from = this.#first; from <= this.#last;) {
      const to = Math.min(from + span - 1, this.#last)
      const [rows, size, huge] = this.#ask(() => measure.get(...values, from, to) as [number, number, number | null])
      if (size > PAGE_BYTES && span > 1) {
        span = Math.max(1, Math.floor(span / 4))
        continue
      }
      if (rows > 0) yield { from, to, rows, hasHuge: huge === 1 }
      span = Math.min(PAGE_ROWS, span * 2)
      from = rows > 0 ? to + 1 : (this.#ask(() => next.get(to)) ?? this.#last + 1)
    }
  }

  #condition(): { where: string; values: SqlValue[] } {
    const { where, values } = conditionOf(this.#question, undefined, 'rowid')
    return { where: `${where === '' ? ' WHERE' : `${where} AND`} rowid BETWEEN ? AND ?`, values }
  }

  /** @throws StoreError whatever SQLite finds */
  #ask<T>(question: () => T): T {
    try {
      return question()
    } catch (error) {
      throw toStoreError(error, this.path)
    }
  }

  close(): void {
    this.#database.close()
  }
}

/** The forms under which rows may have a user: as given, and as the pseudonym under the file's key. */
export function userForms(path: string, userId: string): string[] {
  const key = readKey(path)
  return key === undefined ? [userId] : [userId, pseudonymOf(key, userId)]
}

/** A column as its class and its bytes or number. */
function exactly(column: string): string {
  return `typeof(${column}), CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`
}

function fromExact(pairs: readonly SqlValue[]): SqlValue[] {
  return COLUMNS.map((_, at) => {
    const value = pairs[at * 2 + 1] as SqlValue
    return pairs[at * 2] === 'text' ? textOfBytes(value as Uint8Array) : smallest(value)
  })
}

/** Whether a text may have come as something else than what is stored. */
function mayHaveLost(row: readonly SqlValue[]): boolean {
  return row.some((value) => typeof value === 'string' && value.includes('\ufffd'))
}

function smallest(value: SqlValue): SqlValue {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
}
