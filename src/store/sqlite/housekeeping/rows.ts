import type { Database } from 'better-sqlite3'
import { and, conditionOf, registerTimes } from '../filter.js'
import { narrowestIndex } from '../rollup/parts.js'
import { NO_QUESTION, type RemovalQuestion } from '../rollup/retention.js'
import { inTransaction } from '../rollup/upkeep.js'
import type { RollupWriter } from '../rollup/writer.js'
import type { SqlValue } from '../rows.js'
import { COLUMNS } from '../schema.js'

/** A value as SQLite has it. */
export type StoredValue = SqlValue | bigint | Uint8Array

/** A row of `feature_usage`, its values in the order of the columns; whole numbers are bigint. */
export type StoredRow = readonly StoredValue[]

const ROWS_PER_PAGE = 1000

/** The rows of a removal, in the order of their row ids. Each page is read by itself: no old state is held meanwhile. */
export function* storedRows(database: Database, question: RemovalQuestion): Generator<StoredRow> {
  registerTimes(database)
  const by = narrowestIndex({ ...NO_QUESTION, ...question })
  const { where, values } = conditionOf(question, undefined, by)
  const page = database
    .prepare<unknown[], [...StoredRow, bigint]>(
      `SELECT ${COLUMNS.join(', ')}, rowid FROM feature_usage${and(where, 'rowid > ?')} ORDER BY rowid LIMIT ${ROWS_PER_PAGE}`,
    )
    .raw()
    .safeIntegers()
  for (let from = -(2n ** 62n); ;) {
    const rows = page.all(...values, from)
    for (const row of rows) yield row.slice(0, COLUMNS.length)
    if (rows.length < ROWS_PER_PAGE) return
    from = rows.at(-1)?.[COLUMNS.length] as bigint
  }
}

/**
 * Stores rows as they are, in one transaction. A row whose id is stored already is left as it is.
 * @param areCounted whether the rows were removed from this database while their sums stayed
 * @returns how many were new; undefined where other rows had to be taken into the sums first
 */
export function insertStored(
  database: Database,
  rollups: RollupWriter,
  rows: readonly StoredRow[],
  areCounted: boolean,
): number | undefined {
  return inTransaction(database, rollups, () => {
    const open = areCounted ? rollups.beginReturn() : undefined
    if (areCounted && open === undefined) return undefined
    const insert = database.prepare(
      `INSERT INTO feature_usage (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT(id) DO NOTHING`,
    )
    let inserted = 0
    for (const row of rows) {
      const { changes, lastInsertRowid } = insert.run(...row)
      if (changes === 0) continue
      open?.add(Number(lastInsertRowid), row.map(cellOf), 0)
      inserted++
    }
    open?.end()
    return inserted
  })
}

function cellOf(value: StoredValue): SqlValue {
  if (typeof value === 'bigint') return Number(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value
}

/** What copies of a database have in common: when its schema was made. Undefined for a file of the original's. */
export function originOf(database: Database): string | undefined {
  return database
    .prepare<[], string>('SELECT applied_at FROM feature_tracking_schema ORDER BY version LIMIT 1')
    .pluck()
    .get()
}
