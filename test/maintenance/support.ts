import { existsSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { type FeatureUsageRecord, timeText } from '../../src/record/index.js'
import { type RecordFilter, openReader } from '../../src/store/index.js'
import { WriterConnection } from '../../src/store/sqlite/writer-connection.js'
import { pushRow, type SqlValue } from '../../src/store/sqlite/rows.js'
import { record } from '../support/records.js'

export const DAY = 86_400_000
/** Milliseconds. */
export const FIRST = Date.UTC(2026, 0, 1)

const FEATURES = ['search', 'export', 'größe ✓'] as const
const CATEGORIES = ['other', 'sysmon', 'ai_provider'] as const
const STATUSES = ['success', 'success', 'failed', 'timeout', 'partial'] as const

/** So many records in ten days, evenly. */
export function someRecords(count: number, days = 10): FeatureUsageRecord[] {
  return Array.from({ length: count }, (_, index) =>
    record({
      recordId: `${String(index).padStart(8, '0')}-0000-7000-8000-000000000000`,
      featureName: FEATURES[index % 3] as string,
      category: CATEGORIES[index % 3] as 'other',
      status: STATUSES[index % 5] as 'success',
      duration: (index % 97) / 100,
      startTime: timeText((FIRST + Math.floor((index * days * DAY) / count)) * 1000),
      inputSize: index % 1000,
      outputSize: index % 77,
      userId: index % 4 === 0 ? null : `user ${index % 13}`,
      errorMessage: index % 5 === 2 ? `boom ${index}` : null,
      metadata: index % 7 === 0 ? { index, text: 'x'.repeat(20) } : {},
    }),
  )
}

/** Stores records as the writer does. */
export function store(path: string, records: readonly FeatureUsageRecord[]): void {
  const writer = new WriterConnection(path)
  try {
    writer.insert([[]])
    for (let from = 0; from < records.length; from += 3000) {
      const values: SqlValue[] = []
      for (const one of records.slice(from, from + 3000)) pushRow(values, one)
      writer.insert([values])
    }
    for (let turn = 0; turn < 100 && writer.background(50); turn++);
  } finally {
    writer.close()
  }
}

/** Makes the sums anew. */
export function rebuild(path: string): void {
  const writer = new WriterConnection(path)
  try {
    let status = writer.rollups('rebuild')
    while (status.rebuilding) status = writer.rollups('continue')
  } finally {
    writer.close()
  }
}

/** All that statistics tell under some filters. */
export async function statistics(path: string, filters: readonly RecordFilter[] = FILTERS): Promise<unknown[]> {
  const reader = openReader(path)
  try {
    const answers: unknown[] = []
    for (const filter of filters)
      answers.push(
        await reader.getUsageStats(filter),
        await reader.getTopFeatures({ ...filter, limit: 100 }),
        await reader.getSeries({ ...filter, bucket: 'day' }),
      )
    return answers
  } finally {
    await reader.close()
  }
}

const FILTERS: readonly RecordFilter[] = [
  {},
  { featureName: 'search' },
  { category: 'sysmon' },
  { status: 'failed' },
  { since: FIRST + 3 * DAY, until: FIRST + 7 * DAY },
]

export function rowsOf(path: string, where = ''): Record<string, unknown>[] {
  if (!existsSync(path)) throw new Error(`there is no file ${path}`)
  const database = new BetterSqlite3(path, { fileMustExist: true })
  try {
    return database.prepare(`SELECT * FROM feature_usage ${where} ORDER BY id`).all() as Record<string, unknown>[]
  } finally {
    database.close()
  }
}

export function change(path: string, sql: string): void {
  const database = new BetterSqlite3(path, { fileMustExist: true, timeout: 5000 })
  database.exec(sql)
  database.close()
}
