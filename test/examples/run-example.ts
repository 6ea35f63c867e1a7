import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FeatureUsageRecord } from '../../src/record/index.js'
import { FeatureTrackerDB } from '../../src/store/index.js'
import { type ChildResult, run } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

export interface ExampleRun extends ChildResult {
  readonly dbPath: string
  /** In the order in which the calls started. */
  readonly records: readonly FeatureUsageRecord[]
  /** Every byte of the database and of the files next to it, as text. */
  readonly bytes: string
}

/** Runs a program of `examples/` from the repository's root, with a database of its own and no other settings. */
export async function runExample(program: string, dbPath = tempDatabase()): Promise<ExampleRun> {
  const ended = await run(process.execPath, [`examples/${program}`], {
    ...withoutSettings(),
    FEATURE_TRACKING_DB_PATH: dbPath,
  })
  const bytes = bytesBeside(dbPath)
  const store = new FeatureTrackerDB(dbPath)
  const records = await store.getRecords()
  await store.close()
  return { ...ended, dbPath, records: records.toReversed(), bytes }
}

function withoutSettings(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => /^(FEATURE_TRACKING|OTEL)_/.test(name))
  return Object.fromEntries([...names, 'NODE_OPTIONS'].map((name) => [name, undefined]))
}

function bytesBeside(dbPath: string): string {
  const folder = dirname(dbPath)
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')
}

/** `feature status` of each record. */
export function outcomes(records: readonly FeatureUsageRecord[]): string[] {
  return records.map(({ featureName, status }) => `${featureName} ${status}`)
}

/** How many records there are of each value of a field. */
export function countBy(
  records: readonly FeatureUsageRecord[],
  field: 'featureName' | 'category' | 'status',
): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const record of records) counts[record[field]] = (counts[record[field]] ?? 0) + 1
  return counts
}
