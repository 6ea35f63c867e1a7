import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { StoreError } from '../../contract.js'
import { schemaStatus } from '../migrations.js'
import { COLUMNS } from '../schema.js'

/** What a file holds, in two figures that tell whether another file holds the same. */
export interface Contents {
  readonly rows: number
  /** SHA-256 over every value of every row, in the order of the row ids; hexadecimal. */
  readonly checksum: string
}

/** Rows whose values are put together by one statement. */
const ROWS_PER_STEP = 500

/** `quote` writes each value so that it can be told from every other, of any type. */
const ROW_TEXT = COLUMNS.map((column) => `quote(${column})`).join(" || ',' || ")

/**
 * Counts the rows and sums up all that is in them. Runs within the caller's transaction.
 * @param onRows told how many rows have been read
 */
export function contentsOf(database: Database, onRows: (rows: number) => void = () => {}): Contents {
  const hash = createHash('sha256')
  const block = database.prepare<[number, number], { rows: number; last: number | null; text: string | null }>(
    `SELECT count(*) AS rows, max(rowid) AS last, group_concat(${ROW_TEXT}, char(10)) AS text
     FROM (SELECT rowid, ${COLUMNS.join(', ')} FROM feature_usage WHERE rowid > ? ORDER BY rowid LIMIT ?)`,
  )
  let rows = 0
  for (let from = -Number.MAX_SAFE_INTEGER; ;) {
    const { rows: found, last, text } = block.get(from, ROWS_PER_STEP) as never
    if (found === 0 || last === null) return { rows, checksum: hash.digest('hex') }
    hash.update(`${String(text)}\n`)
    rows += found
    from = last
    onRows(rows)
  }
}

/**
 * Looks whether a database is one of ours and whole, as SQLite's own check finds it.
 * @throws StoreError `not_ours`, `newer_schema`, `empty` or `corrupt`
 */
export function requireSound(database: Database, path: string): void {
  refuseForeignSchema(database, path)
  const [problem] = database.pragma('integrity_check(1)') as [{ integrity_check: string }]
  if (problem.integrity_check !== 'ok')
    throw new StoreError('corrupt', `${path} is damaged (${problem.integrity_check}): use another backup`)
}

/**
 * Only tables and indexes with our names: a trigger or view of somebody else's would run with every later insert.
 * @throws StoreError
 */
export function refuseForeignSchema(database: Database, path: string): void {
  schemaStatus(database)
  const objects = database
    .prepare<[], { type: string; name: string; owner: string }>(
      'SELECT type, name, tbl_name AS owner FROM sqlite_schema',
    )
    .all()
  if (!objects.some(({ type, name }) => type === 'table' && name === 'feature_usage'))
    throw new StoreError('empty', `${path} has no table feature_usage: it is no file of feature-tracking`)
  const foreign = objects.find(({ type, name, owner }) => {
    if (type !== 'table' && type !== 'index') return true
    return !(type === 'table' ? name : owner).startsWith('feature_') && !name.startsWith('sqlite_')
  })
  if (foreign !== undefined)
    throw new StoreError(
      'not_ours',
      `${path} has a ${foreign.type} ${JSON.stringify(foreign.name)} that is not ours: only files of feature-tracking are taken`,
    )
}
