import BetterSqlite3, { type Database } from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/store/sqlite/migrations.js'
import { pushRow, ROW_WIDTH, type SqlValue } from '../../src/store/sqlite/rows.js'
import { RowInserter } from '../../src/store/sqlite/write/row-inserter.js'
import { record } from '../support/records.js'

function emptyDatabase(): Database {
  const database = new BetterSqlite3(':memory:')
  onTestFinished(() => void database.close())
  migrate(database)
  return database
}

/** A row for each id, linked to a trace of its own where it says so. */
function rowsOf(ids: readonly string[], hasLink = false): SqlValue[] {
  const values: SqlValue[] = []
  for (const [index, recordId] of ids.entries()) {
    pushRow(values, record({ recordId }))
    if (hasLink) values[values.length - 1] = String(index).padStart(32, '0') + '0'.repeat(16)
  }
  return values
}

function insert(database: Database, values: readonly SqlValue[]): { inserted: [rowid: number, id: SqlValue][] } {
  const inserted: [number, SqlValue][] = []
  const passTime = (): void => {}
  const count = new RowInserter(database).insert(values, {
    passTime,
    inserted: (rowid, at) => inserted.push([rowid, values[at] as SqlValue]),
  })
  expect(count).toBe(inserted.length)
  return { inserted }
}

const stored = (database: Database): unknown[] =>
  database.prepare('SELECT rowid, id FROM feature_usage ORDER BY rowid').raw().all()

describe('rows that are inserted some at a time', () => {
  it('are those that were new, with their rowids, whichever were there before or come twice', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(40), { maxLength: 45 }), { maxLength: 4 }), (batches) => {
        const database = emptyDatabase()
        const told: unknown[] = []
        for (const batch of batches) told.push(...insert(database, rowsOf(batch.map(String))).inserted)
        expect(told).toEqual(stored(database))
        expect(told.map((each) => (each as [number, string])[1])).toEqual([...new Set(batches.flat().map(String))])
      }),
      { numRuns: 60 },
    )
  })

  it('have their links, those that were there before keep theirs', () => {
    const database = emptyDatabase()
    insert(database, rowsOf(['a', 'b']))
    const ids = Array.from({ length: 23 }, (_, index) => `id ${index}`)
    insert(database, rowsOf(['a', ...ids], true))
    const links = database.prepare('SELECT record_id, hex(trace_id) FROM feature_traces ORDER BY trace_id').raw().all()
    expect(links).toEqual(ids.map((id, index) => [id, String(index + 1).padStart(32, '0')]))
  })

  it('are refused when one of them has no value where it needs one', () => {
    const values = rowsOf(Array.from({ length: 12 }, (_, index) => `id ${index}`))
    values[7 * ROW_WIDTH + 1] = null
    const database = emptyDatabase()
    expect(() => insert(database, values)).toThrow('NOT NULL constraint failed: feature_usage.feature_name')
  })
})
