import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import BetterSqlite3 from 'better-sqlite3'
import { completeRecord, type FeatureUsageRecord } from '../src/record/index.js'
import { pushRow, ROW_WIDTH, type SqlValue } from '../src/store/sqlite/rows.js'
import { COLUMNS, FEATURE_USAGE_INDEXES, FEATURE_USAGE_TABLE } from '../src/store/sqlite/schema.js'
import { SqliteWriter } from '../src/store/sqlite/writer.js'
import { median } from './measure.js'

/*
 * Records a second that the store takes, from objects on the main thread to a commit in the writer's thread, against
 * better-sqlite3 alone with the same table, indexes, pragmas, rows and rows to a transaction.
 */
const RECORDS = 40_000
const BATCH = 50
const RUNS = 5

const users = Array.from({ length: 500 }, (_, n) => n.toString(16).padStart(64, '0'))

function makeRecords(): FeatureUsageRecord[] {
  return Array.from({ length: RECORDS }, (_, n) =>
    completeRecord({
      featureName: `feature ${n % 40}`,
      category: 'ai_provider',
      status: n % 20 === 0 ? 'failed' : 'success',
      duration: (n % 1000) / 1000,
      outputSize: n % 3000,
      userId: users[n % users.length] as string,
      sessionId: 'e6d16c1a-5a39-4a49-8f0e-2f0a4f3a4a11',
      startTime: Date.now() + n / 10,
    }),
  )
}

function batches(records: readonly FeatureUsageRecord[]): FeatureUsageRecord[][] {
  const made: FeatureUsageRecord[][] = []
  for (let from = 0; from < records.length; from += BATCH) made.push(records.slice(from, from + BATCH))
  return made
}

async function through(path: string, records: readonly FeatureUsageRecord[]): Promise<number> {
  const writer = new SqliteWriter(path)
  await writer.insertRecords(records.slice(0, 1))
  const start = performance.now()
  for (const batch of batches(records.slice(1))) void writer.insertRecords(batch)
  await writer.flush()
  const seconds = (performance.now() - start) / 1000
  await writer.close()
  return (records.length - 1) / seconds
}

/** @param batch rows to a transaction */
function raw(path: string, records: readonly FeatureUsageRecord[], batch: number, tuned: boolean): number {
  const database = new BetterSqlite3(path)
  if (tuned) {
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'wal_autocheckpoint = 16000'])
      database.pragma(pragma)
  }
  database.exec(FEATURE_USAGE_TABLE)
  for (const index of FEATURE_USAGE_INDEXES) database.exec(index)
  const insert = database.prepare(
    `INSERT INTO feature_usage (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
  )
  const rows: SqlValue[][] = []
  for (const record of records) {
    const values: SqlValue[] = []
    pushRow(values, record)
    rows.push(values)
  }
  if (rows[0]?.length !== ROW_WIDTH) throw new Error('rows have another width')
  const insertAll = database.transaction((part: SqlValue[][]) => {
    for (const row of part) insert.run(row)
  })
  const start = performance.now()
  for (let from = 0; from < rows.length; from += batch) insertAll(rows.slice(from, from + batch))
  const seconds = (performance.now() - start) / 1000
  database.close()
  return rows.length / seconds
}

export async function benchStore(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'feature-bench-'))
  const rates: Record<string, number[]> = {}
  const add = (name: string, rate: number): void => {
    ;(rates[name] ??= []).push(rate)
  }
  for (let run = 0; run < RUNS; run++) {
    const records = makeRecords()
    add('better-sqlite3, same pragmas and batch', raw(join(folder, `raw${run}.db`), records, BATCH, true))
    add('our store', await through(join(folder, `ours${run}.db`), records))
    add(
      'better-sqlite3, its defaults, 100 rows a transaction',
      raw(join(folder, `default${run}.db`), records, 100, false),
    )
  }
  const base = median(rates['better-sqlite3, same pragmas and batch'] as number[])
  console.log(
    `\nRecords stored a second, ${RECORDS} records in batches of ${BATCH}   (ratio to: better-sqlite3, same pragmas and batch)`,
  )
  for (const [name, values] of Object.entries(rates)) {
    const rate = median(values)
    console.log(
      `  ${name.padEnd(52)}  ${Math.round(rate).toString().padStart(8)} /s  ${(rate / base).toFixed(2).padStart(6)} ×`,
    )
  }
  const db = new FeatureTrackerDB(join(folder, 'ours0.db'))
  const { totalCalls } = await db.getUsageStats()
  await db.close()
  if (totalCalls !== RECORDS) throw new Error(`${totalCalls} of ${RECORDS} records were stored`)
  rmSync(folder, { recursive: true })
}
