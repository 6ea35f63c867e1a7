import { describe, expect, it, onTestFinished } from 'vitest'
import { ensureKey } from '../../src/config/index.js'
import { FEATURE_CATEGORIES, FEATURE_STATUSES, pseudonymOf } from '../../src/record/index.js'
import { type FeatureStoreReader, FeatureTrackerDB, openReader } from '../../src/store/index.js'
import { copyOfOriginal, execute, sql } from '../support/original.js'
import { record } from '../support/records.js'
import { expectClose } from './close.js'

function openCopy(): { path: string; db: FeatureTrackerDB } {
  const path = copyOfOriginal()
  const db = new FeatureTrackerDB(path)
  onTestFinished(() => db.close())
  return { path, db }
}

function readCopy(): { path: string; reader: FeatureStoreReader } {
  const path = copyOfOriginal()
  const reader = openReader(path)
  onTestFinished(() => reader.close())
  return { path, reader }
}

describe('a file of the Python original', () => {
  it('is summed up', async () => {
    const { reader } = readCopy()
    expect(await reader.getUsageStats()).toMatchObject({ totalCalls: 160, users: 11 })
    expect(await reader.getUsageStats({ featureName: 'hash_text' })).toMatchObject({
      totalCalls: 60,
      successCount: 60,
      failureCount: 0,
      successRate: 100,
      users: 1,
    })
    expect(await reader.getUsageStats({ featureName: 'divide' })).toMatchObject({
      totalCalls: 40,
      successCount: 30,
      failureCount: 10,
      successRate: 75,
      users: 0,
    })
    expect(await reader.getUsageStats({ featureName: 'run_crew', category: 'agentic_platform' })).toMatchObject({
      totalCalls: 10,
      successRate: 100,
    })
    expect(await reader.getUsageStats({ featureName: 'unicode ✓ «name»', userId: 'zoë' })).toMatchObject({
      totalCalls: 10,
    })
    for (const status of FEATURE_STATUSES)
      expect((await reader.getUsageStats({ status })).totalCalls).toBe(
        { success: 120, failed: 20, partial: 10, timeout: 10 }[status],
      )
  })

  it('has its most used features first', async () => {
    const { reader } = readCopy()
    const top = await reader.getTopFeatures({ limit: 4 })
    expect(top.map(({ featureName, usageCount, successRate }) => [featureName, usageCount, successRate])).toEqual([
      ['hash_text', 60, 100],
      ['divide', 40, 75],
      ['run_crew', 10, 100],
      ['unicode ✓ «name»', 10, 100],
    ])
  })

  it('is read as records: known categories and statuses, UTC times, parsed metadata', async () => {
    const { reader } = readCopy()
    const records = await reader.getRecords()
    expect(records).toHaveLength(160)
    for (const found of records) {
      expect(FEATURE_CATEGORIES).toContain(found.category)
      expect(FEATURE_STATUSES).toContain(found.status)
      expect(found.startTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/)
      expect(found.endTime >= found.startTime).toBe(true)
    }
    expect(records.find((found) => found.featureName === 'custom_sysmon')?.metadata).toEqual({
      note: 'a "quoted" value',
      n: 1.5,
      nested: { k: [1, 2, null] },
    })
    expect(records.map((found) => found.startTime)).toEqual(
      records
        .map((found) => found.startTime)
        .toSorted()
        .toReversed(),
    )
  })

  it('is asked by time as local time', async () => {
    const { path, db } = openCopy()
    const [{ middle }] = sql<{ middle: string }>(
      path,
      'SELECT start_time AS middle FROM feature_usage ORDER BY start_time LIMIT 1 OFFSET 80',
    ) as [{ middle: string }]
    expect((await db.getUsageStats({ since: middle })).totalCalls).toBe(80)
    expect((await db.getUsageStats({ until: middle })).totalCalls).toBe(80)
    const all = await db.getUsageStats()
    expectClose(await db.getUsageStats({ since: all.firstCall as string }), all)
    expect((await db.getUsageStats({ until: all.lastCall as string })).totalCalls).toBe(159)
  })

  it('gives a user the clear rows of the original and the pseudonymous rows of ours', async () => {
    const { path, db } = openCopy()
    expect(await db.getRecords({ userId: 'ada' })).toHaveLength(60)
    const hash = pseudonymOf(ensureKey(path), 'ada')
    await db.insertRecords([record({ userId: hash }), record({ userId: 'ada' }), record({ userId: 'grace' })])
    expect(await db.getRecords({ userId: 'ada' })).toHaveLength(62)
    expect(await db.getRecords({ userId: hash })).toHaveLength(1)
    expect((await db.getUsageStats({ userId: 'ada' })).users).toBe(2)
  })

  it('takes our rows among its own', async () => {
    const { path, db } = openCopy()
    await db.insertRecords([
      record({ featureName: 'ours' }),
      record({ featureName: 'hash_text', category: 'file_operation' }),
    ])
    expect(await db.getUsageStats()).toMatchObject({ totalCalls: 162 })
    expect((await db.getTopFeatures({ limit: 1 }))[0]).toMatchObject({ featureName: 'hash_text', usageCount: 61 })
    expect(sql(path, "SELECT count(*) AS n FROM feature_usage WHERE start_time LIKE '%+00:00'")).toEqual([{ n: 2 }])
  })
})

describe('rows that others write', () => {
  const row = (fields: Record<string, string>) => {
    const all = {
      id: "'1'",
      feature_name: "'search'",
      category: "'other'",
      status: "'success'",
      duration: '1',
      start_time: "'2026-01-01T00:00:00'",
      end_time: "'2026-01-01T00:00:01'",
      session_id: "'s'",
      ...fields,
    }
    return `INSERT INTO feature_usage (${Object.keys(all).join(', ')}) VALUES (${Object.values(all).join(', ')});`
  }

  it.each([
    [{ category: "'agent_platform'" }, { category: 'agentic_platform' }],
    [
      { category: "'of their own'", status: "'OK'" },
      { category: 'other', status: 'failed' },
    ],
    [{ status: "'SUCCESS'" }, { status: 'success' }],
    [{ metadata: 'NULL' }, { metadata: {} }],
    [{ metadata: "''" }, { metadata: {} }],
    [{ metadata: `'{"a": NaN}'` }, { metadata: { text: '{"a": NaN}' } }],
    [{ metadata: "'[1, 2]'" }, { metadata: { value: [1, 2] } }],
    [{ metadata: "'not json'" }, { metadata: { text: 'not json' } }],
    [
      { input_size: 'NULL', output_size: 'NULL', iterations: 'NULL' },
      { inputSize: 0, outputSize: 0, iterations: 1, efficiencyScore: null },
    ],
    [{ start_time: "'2026-01-01 00:00:00+02:00'" }, { startTime: '2025-12-31T22:00:00.000000+00:00' }],
    [{ start_time: "'long ago'" }, { startTime: 'long ago' }],
  ])('with %j are read as %j', async (fields, expected) => {
    const { path, reader } = readCopy()
    execute(path, `DELETE FROM feature_usage; ${row(fields)}`)
    expect(await reader.getRecords()).toMatchObject([expected])
  })

  it('under agent_platform are found and counted with agentic_platform', async () => {
    const { path, reader } = readCopy()
    execute(
      path,
      `DELETE FROM feature_usage; ${row({ category: "'agent_platform'" })} ${row({ id: "'2'", category: "'agentic_platform'" })}`,
    )
    expect(await reader.getRecords({ category: 'agentic_platform' })).toHaveLength(2)
    expect(await reader.getTopFeatures()).toMatchObject([
      { featureName: 'search', category: 'agentic_platform', usageCount: 2 },
    ])
  })
})
