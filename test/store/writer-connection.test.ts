import BetterSqlite3 from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { pushRow, type SqlValue } from '../../src/store/sqlite/rows.js'
import { RowInserter } from '../../src/store/sqlite/write/row-inserter.js'
import { NO_LIMITS, rowsOf, WriterConnection } from '../../src/store/sqlite/writer-connection.js'
import { record } from '../support/records.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

function open(): { path: string; writer: WriterConnection } {
  const path = tempDatabase()
  const writer = new WriterConnection(path)
  onTestFinished(() => {
    writer.close()
  })
  return { path, writer }
}

/** Rows of a batch; they are stored without sums where there are fewer than 2,000. */
function batch(rows: number): readonly SqlValue[] {
  const values: SqlValue[] = []
  for (let row = 0; row < rows; row++) pushRow(values, record())
  return values
}

const covered = (path: string): number | undefined =>
  sql<{ watermark: number }>(path, 'SELECT watermark FROM feature_rollup_state')[0]?.watermark

it('rows that wait are summed up in parts where a transaction has little time for them', () => {
  const { path, writer } = open()
  writer.migrate()
  const other = new BetterSqlite3(path)
  new RowInserter(other).insert(batch(5700), { passTime: () => {}, inserted: () => {} })
  other.close()
  const limits = { ...NO_LIMITS, millisForSums: 20 }
  const parts: number[] = []
  while (covered(path) !== 5700 + 20 * parts.length) {
    expect(writer.insertSome([rowsOf(batch(20))], limits)).toEqual([20])
    parts.push(covered(path) ?? 0)
    expect(parts.length).toBeLessThan(100)
  }
  // As long as the first rows took is not known, there are few of them.
  expect(parts[0]).toBe(100)
  expect(parts.length).toBeGreaterThan(2)
  expect(sql(path, 'SELECT calls FROM feature_rollup_subjects WHERE id = 0')).toEqual([{ calls: parts.at(-1) }])
})

it('a transaction with sums to write is told so, and may leave rows for the next', () => {
  const { path, writer } = open()
  const told: boolean[] = []
  const isEnough = (hasSums: boolean): boolean => {
    told.push(hasSums)
    return hasSums
  }
  const limits = { ...NO_LIMITS, isEnough }
  expect(writer.insertSome([rowsOf(batch(10)), rowsOf(batch(10))], limits)).toEqual([10, 10])
  expect(writer.insertSome([rowsOf(batch(2500)), rowsOf(batch(10))], limits)).toEqual([2500])
  expect(told).toEqual([false, false, true])
  expect(covered(path)).toBe(2520)
})
