import { describe, expect, it, onTestFinished } from 'vitest'
import { completeRecord } from '../../src/record/index.js'
import { FeatureTrackerDB, openReader, type RollupStatus } from '../../src/store/index.js'
import { runNode } from '../support/child.js'
import { copyOfOriginal, execute, sql } from '../support/original.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'
import { expectClose } from './close.js'
import { insertPlainly, random, someRows } from './rollup-support.js'
import { SqlOracle } from './sql-oracle.js'

function open(path = tempDatabase()): { path: string; db: FeatureTrackerDB } {
  const db = new FeatureTrackerDB(path)
  onTestFinished(() => db.close())
  return { path, db }
}

/** Waits until a condition holds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

const covers = async (db: FeatureTrackerDB, calls: number) => {
  const { coveredCalls, rowsToGo } = await db.rollupStatus()
  return coveredCalls === calls && rowsToGo === 0
}

async function expectSums(path: string, db: FeatureTrackerDB): Promise<void> {
  const oracle = new SqlOracle(path)
  expectClose(await db.getUsageStats(), oracle.getUsageStats({}))
  expectClose(await db.getTopFeatures({ limit: 50 }), oracle.getTopFeatures({ limit: 50 }))
  oracle.close()
}

describe('the rollups of a file', () => {
  it('have many calls in the transaction that stores them', async () => {
    const { db } = open()
    await db.insertRecords(Array.from({ length: 2000 }, () => record()))
    expect(await db.rollupStatus()).toEqual({ coveredCalls: 2000, rowsToGo: 0, rebuilding: false })
  })

  it('have few calls when the writer rests; answers have them at once', async () => {
    const { db } = open()
    await db.insertRecords(Array.from({ length: 30 }, () => record()))
    expect((await db.getUsageStats()).totalCalls).toBe(30)
    await until(() => covers(db, 30))
  })

  it('take the rows of the original in, and sum them up as SQL does', async () => {
    const { path, db } = open(copyOfOriginal())
    const before = await db.getUsageStats()
    await until(() => covers(db, 160))
    expectClose(await db.getUsageStats(), before)
    await expectSums(path, db)
  })

  it('are made for a file of version 1', async () => {
    const { path, db } = open()
    await db.insertRecords([record(), record({ status: 'failed' })])
    await db.close()
    const ours = sql<{ name: string }>(
      path,
      "SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'feature_rollup%' OR name = 'feature_traces')",
    )
    execute(
      path,
      `${ours.map(({ name }) => `DROP TABLE ${name};`).join('')} DELETE FROM feature_tracking_schema WHERE version > 1;`,
    )
    const reader = openReader(path)
    expect((await reader.getUsageStats()).totalCalls).toBe(2)
    await reader.close()
    const again = open(path).db
    await again.insertRecord(record())
    await until(() => covers(again, 3))
    await expectSums(path, again)
  })

  it('take in what others append, though nothing of ours follows; answers have it at once', async () => {
    const { path, db } = open()
    await db.insertRecord(record())
    insertPlainly(path, someRows(4000, random(3)))
    expect((await db.getUsageStats()).totalCalls).toBe(4001)
    await until(() => covers(db, 4001))
    await expectSums(path, db)
  })

  it('leave out rows that others deleted, and have them again when they are restored', async () => {
    const { path, db } = open()
    await db.insertRecords(Array.from({ length: 600 }, (_, index) => record({ featureName: `f${index % 3}` })))
    const gone = sql<object>(path, "SELECT *, NULL FROM feature_usage WHERE feature_name = 'f1'").map((row) =>
      Object.values(row),
    )
    execute(path, "DELETE FROM feature_usage WHERE feature_name = 'f1'")
    await until(() => covers(db, 400))
    await expectSums(path, db)
    insertPlainly(path, gone.flat() as string[])
    await until(() => covers(db, 600))
    await expectSums(path, db)
  })

  it('are right at once when the table is emptied', async () => {
    const { path, db } = open()
    await db.insertRecords(Array.from({ length: 10 }, () => record()))
    execute(path, 'DELETE FROM feature_usage')
    expect((await db.getUsageStats()).totalCalls).toBe(0)
    await db.insertRecords(Array.from({ length: 12 }, () => record()))
    expect((await db.getUsageStats()).totalCalls).toBe(12)
    expect(await db.getRecords({ limit: 50 })).toHaveLength(12)
  })

  it('are right when the process is killed at any time', async () => {
    const path = tempDatabase()
    const program = `
      import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
      import { completeRecord } from './dist/src/record/index.js'
      const writer = new SqliteWriter(process.argv[1])
      const batch = () => Array.from({ length: 500 }, (_, n) => completeRecord({ featureName: 'f' + n % 7, category: 'other', status: 'success', userId: 'u' + n % 50 }))
      await writer.insertRecords(batch())
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 150 + Number(process.argv[2]))
      for (;;) await Promise.all([writer.insertRecords(batch()), writer.insertRecords(batch())])`
    for (const delay of ['0', '60', '130']) await runNode(program, { args: [path, delay] })
    const { db } = open(path)
    const [{ rows } = { rows: 0 }] = sql<{ rows: number }>(path, 'SELECT count(*) AS rows FROM feature_usage')
    expect(rows).toBeGreaterThanOrEqual(1500)
    await until(() => covers(db, rows))
    await expectSums(path, db)
  })
})

describe('rebuildRollups', () => {
  it('makes the sums anew after rows were changed by hand, and tells how far it is', async () => {
    const { path, db } = open()
    await db.insertRecord(record())
    insertPlainly(path, someRows(9000, random(9)))
    await until(() => covers(db, 9001))
    execute(path, "UPDATE feature_usage SET status = 'timeout', duration = duration * 2 WHERE rowid % 5 = 0")
    const told: RollupStatus[] = []
    const ended = db.rebuildRollups((status) => told.push(status))
    expect((await db.getUsageStats()).totalCalls).toBe(9001)
    expect(await ended).toEqual({ coveredCalls: 9001, rowsToGo: 0, rebuilding: false })
    expect(told.at(-1)).toEqual(await ended)
    expect(told.map(({ coveredCalls }) => coveredCalls)).toEqual(
      told.map(({ coveredCalls }) => coveredCalls).toSorted((a, b) => a - b),
    )
    await expectSums(path, db)
  })

  it('of an empty file ends at once', async () => {
    expect(await open().db.rebuildRollups()).toEqual({ coveredCalls: 0, rowsToGo: 0, rebuilding: false })
  })

  it('goes on while records are stored', async () => {
    const { path, db } = open()
    await db.insertRecords(
      Array.from({ length: 5000 }, (_, index) =>
        completeRecord({ featureName: `f${index % 9}`, category: 'other', status: 'success' }),
      ),
    )
    const ended = db.rebuildRollups()
    for (let count = 0; count < 20; count++) await db.insertRecords([record(), record()])
    await ended
    expect((await db.getUsageStats()).totalCalls).toBe(5040)
    await until(() => covers(db, 5040))
    await expectSums(path, db)
  })
})
