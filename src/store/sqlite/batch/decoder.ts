import { deriveRecordId, FEATURE_CATEGORIES, FEATURE_STATUSES, timeText, uuidTime } from '../../../record/index.js'
import type { SqlValue } from '../rows.js'
import { FLOAT, HEAD, HEAD_ADDED, HEADER_BYTES, MAGIC, padded, RECORD_BYTES, RECORD_TAG, REF } from './layout.js'

/** The rows of some batches. */
export interface DecodedRows {
  /** Flat list, `ROW_WIDTH` values to a row. */
  readonly values: SqlValue[]
  /** Records that no row can hold, because their time has no text. */
  readonly refused: number
}

/** Bytes of one batch after another, at an address that is a multiple of 8. */
export class BatchReader {
  #ints!: Int32Array
  #floats!: Float64Array
  #bytes!: Buffer

  constructor(bytes: Uint8Array) {
    this.#read(bytes)
  }

  /** Copies the bytes, so that whoever writes to their memory next does not change what is read here. */
  keep(): void {
    this.#read(new Uint8Array(this.#bytes))
  }

  #read({ buffer, byteOffset, byteLength }: Uint8Array): void {
    this.#ints = new Int32Array(buffer, byteOffset, byteLength >> 2)
    this.#floats = new Float64Array(buffer, byteOffset, byteLength >> 3)
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength)
  }

  /** How many records had been taken when the last batch ended. */
  get added(): number {
    let added = 0
    for (const at of this.#batches()) added = this.#floats[(at >> 3) + HEAD_ADDED] as number
    return added
  }

  /** The number under which the first batch was sent. */
  get seq(): number {
    return this.#ints[HEAD.seq] as number
  }

  get records(): number {
    let sum = 0
    for (const at of this.#batches()) sum += this.#ints[(at >> 2) + HEAD.count] as number
    return sum
  }

  rows(): DecodedRows {
    const values: SqlValue[] = []
    let refused = 0
    for (const at of this.#batches()) refused += this.#batch(at, values)
    return { values, refused }
  }

  *#batches(): Generator<number> {
    for (let at = 0; at + HEADER_BYTES <= this.#bytes.length;) {
      const bytes = this.#ints[(at >> 2) + HEAD.bytes] as number
      if (this.#ints[at >> 2] !== MAGIC || bytes < HEADER_BYTES || at + bytes > this.#bytes.length) return
      yield at
      at += bytes
    }
  }

  /** @returns how many records were refused */
  #batch(begin: number, values: SqlValue[]): number {
    const texts = new Map<number, string>()
    const seed = seedText(this.#head(begin, HEAD.seedHigh), this.#head(begin, HEAD.seedLow))
    const end = begin + this.#head(begin, HEAD.bytes)
    let refused = 0
    let index = 0
    for (let at = begin + HEADER_BYTES; at < end;) {
      const length = this.#ints[at >> 2] as number
      if (length === RECORD_TAG) {
        if (!this.#record(at, index++, seed, texts, values)) refused++
        at += RECORD_BYTES
      } else {
        texts.set((at - begin) >> 3, this.#bytes.toString('utf8', at + 8, at + 8 + length))
        at += 8 + padded(length)
      }
    }
    return refused
  }

  #head(begin: number, index: number): number {
    return this.#ints[(begin >> 2) + index] as number
  }

  #record(at: number, index: number, seed: string, texts: ReadonlyMap<number, string>, values: SqlValue[]): boolean {
    const int = at >> 2
    const float = (field: number): number => this.#floats[field + (int >> 1)] as number
    const text = (field: number): string | undefined => texts.get(this.#ints[int + field] as number)
    const codes = this.#ints[int + 1] as number
    const start = float(FLOAT.start)
    const efficiency = float(FLOAT.efficiency)
    const times = timeTexts(start, float(FLOAT.end))
    if (times === undefined) return false
    const link = text(REF.link)
    const place = link !== undefined && IS_LINK.test(link) ? link : undefined
    values.push(
      text(REF.id) ?? (place === undefined ? recordId(start, index, seed) : idInTrace(place, start)),
      text(REF.name) ?? '',
      FEATURE_CATEGORIES[codes & 255] ?? 'other',
      FEATURE_STATUSES[codes >> 8] ?? 'failed',
      number(float(FLOAT.duration)),
      times[0],
      times[1],
      number(float(FLOAT.input)),
      number(float(FLOAT.output)),
      text(REF.metadata) ?? '{}',
      text(REF.user) ?? null,
      text(REF.session) ?? '',
      text(REF.error) ?? null,
      Number.isNaN(efficiency) ? null : efficiency,
      number(float(FLOAT.iterations)),
      place ?? null,
    )
    return true
  }
}

/** Ids of a trace, a span and perhaps its parent. The application's pipeline made them, and may have made anything. */
const IS_LINK = /^[0-9a-f]{48}(?:[0-9a-f]{16})?$/i

function idInTrace(link: string, startMicros: number): string {
  return deriveRecordId(link.slice(0, 32), link.slice(32, 48), startMicros / 1000)
}

/** SQLite takes NaN for NULL, which these columns do not have. */
function number(value: number): number {
  return Number.isNaN(value) ? 0 : value
}

function timeTexts(start: number, end: number): [string, string] | undefined {
  try {
    return [timeText(start), timeText(end)]
  } catch {
    return undefined
  }
}

/** The last two groups of the batch's record ids: two bits that RFC 9562 fixes, and 62 that are random. */
function seedText(high: number, low: number): string {
  const first = (((high & 0x3fffffff) | 0x80000000) >>> 0).toString(16)
  const text = first + (low >>> 0).toString(16).padStart(8, '0')
  return `${text.slice(0, 4)}-${text.slice(4)}`
}

/**
 * The id of a record that was given none: a UUIDv7 of its start, its place in the batch and the batch's seed. The same
 * batch always yields the same ids, so that one which is inserted twice is stored once.
 */
function recordId(startMicros: number, index: number, seed: string): string {
  return `${uuidTime(startMicros / 1000)}-7${index.toString(16).padStart(3, '0')}-${seed}`
}
