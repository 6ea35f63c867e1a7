import { COLUMNS, type StoredRow, type StoredValue } from '../../store/sqlite/housekeeping/index.js'

/** What an archive says of itself, before its rows. */
export interface ArchiveHead {
  readonly format: 'feature-tracking-archive'
  readonly version: 1
  /** Which database its rows came from: the same for copies of it. */
  readonly database: string
  readonly created: string
  /** The rows started before, in microseconds. */
  readonly until: number
}

/** What it says after them. */
export interface ArchiveFoot {
  readonly rows: number
  /** SHA-256 over the lines of all rows, hexadecimal. */
  readonly checksum: string
}

/**
 * A form that archives may have. JSON Lines is the one there is; another implements the same, and is chosen by the end of
 * the file's name in `formatOf`.
 */
export interface ArchiveFormat {
  /** How names of such files end. */
  readonly suffix: string
  /** Writes an archive into an empty file. @returns what stands at its end */
  write(path: string, head: ArchiveHead, rows: Iterable<StoredRow>): Promise<ArchiveFoot>
  /** Reads an archive to its end, and verifies it on the way. @throws MaintenanceError `damaged` at the latest there */
  read(
    path: string,
    onRow: (row: StoredRow, head: ArchiveHead) => Promise<void> | void,
  ): Promise<ArchiveHead & ArchiveFoot>
}

/**
 * A row as one line of JSON: an object by the columns' names. What JSON has no form for stands in an object of its own:
 * `{"integer": "…"}` beyond 2^53, `{"real": "Infinity"}` and the like, `{"bytes": "…"}` in base64.
 */
export function rowText(row: StoredRow): string {
  return `{${COLUMNS.map((column, index) => `"${column}":${valueText(row[index] ?? null)}`).join(',')}}`
}

function valueText(value: StoredValue): string {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? String(value) : JSON.stringify({ integer: String(value) })
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return JSON.stringify({ real: Object.is(value, -0) ? '-0' : String(value) })
  if (value instanceof Uint8Array) return JSON.stringify({ bytes: Buffer.from(value).toString('base64') })
  return JSON.stringify(value)
}

/**
 * Whether a number is whole or real is decided by its column when it is stored again, as it was the first time.
 * @throws SyntaxError or TypeError where the line is no row
 */
export function rowOf(line: string): StoredRow {
  const values = JSON.parse(line) as Readonly<Record<string, unknown>>
  return COLUMNS.map((column) => storedValue(values[column], column))
}

function storedValue(value: unknown, column: string): StoredValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  const { integer, real, bytes } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (typeof integer === 'string') return BigInt(integer)
  if (typeof real === 'string') return Number(real)
  if (typeof bytes === 'string') return Buffer.from(bytes, 'base64')
  throw new TypeError(`a row has no ${column}`)
}
