import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FeatureUsageRecord } from '../../src/record/index.js'
import type {
  FeatureStoreExplorer,
  RecordFilter,
  RecordPosition,
  RowFilter,
  TracedRecord,
} from '../../src/store/index.js'
import { NAMES, record, someRecord, USERS } from '../support/records.js'
import { cases } from '../support/thorough.js'
import { expectClose } from './close.js'
import { Oracle } from './oracle.js'
import { type MakeStore, OpenStore } from './subject.js'

const RECORDS = 500
const DAY = 86_400_000
const FIRST = Date.UTC(2026, 0, 1)

const someFilter: fc.Arbitrary<RecordFilter> = fc.record(
  {
    featureName: fc.constantFrom(...NAMES, 'nobody'),
    category: fc.constantFrom('sysmon', 'other'),
    status: fc.constantFrom('success', 'failed'),
    userId: fc.constantFrom(...USERS),
    since: fc.integer({ min: 0, max: 8 * 24 }).map((hour) => FIRST + hour * 3_600_000),
    until: fc.integer({ min: 3 * 24, max: 11 * 24 }).map((hour) => FIRST + hour * 3_600_000),
  },
  { requiredKeys: [] },
)

const UNKNOWN = { traceId: null, spanId: null, parentSpanId: null }

/** What a point has where nothing but calls is asked for. */
const ONLY_CALLS = {
  avgDuration: 0,
  p50Duration: 0,
  p95Duration: 0,
  p99Duration: 0,
  avgEfficiency: 0,
  avgInputSize: 0,
  avgOutputSize: 0,
  users: 0,
}

/**
 * What somebody asks who looks around: pages, single calls, distributions and news. A store may take its rows into sums
 * between two questions, which makes exact percentiles those of a histogram.
 */
export function describeExplorer(make: MakeStore): void {
  let store: OpenStore
  let reader: FeatureStoreExplorer
  let oracle: Oracle
  let records: FeatureUsageRecord[]

  beforeAll(async () => {
    store = new OpenStore(await make())
    records = fc.sample(someRecord, { numRuns: RECORDS, seed: 11 })
    await store.writer().insertRecords(records)
    reader = store.reader()
    oracle = new Oracle(records, (userId) => store.pseudonym(userId))
  })

  afterAll(() => store.end())

  const holds = (check: (filter: RecordFilter) => Promise<void>) =>
    fc.assert(fc.asyncProperty(someFilter, check), { numRuns: cases(12, 50), seed: 3 })

  async function pages(query: RowFilter, limit: number): Promise<TracedRecord[]> {
    const found: TracedRecord[] = []
    let after: RecordPosition | undefined
    do {
      const page = await reader.getRecordPage({ ...query, limit, after })
      expect(page.records.length).toBeLessThanOrEqual(limit)
      found.push(...page.records)
      after = page.next
    } while (after !== undefined)
    return found
  }

  it('getRecordPage gives each record once, in order, whatever the page', () =>
    holds(async (filter) => {
      const expected = oracle.getRecords(filter).map((found) => Object.assign({}, found, UNKNOWN))
      expect(await pages(filter, 61)).toEqual(expected)
    }))

  it.each<[string, RowFilter, (found: FeatureUsageRecord) => boolean]>([
    ['minDuration', { minDuration: 2 }, ({ duration }) => duration >= 2],
    ['maxDuration', { maxDuration: 2 }, ({ duration }) => duration < 2],
    ['sessionId', { sessionId: 's' }, () => true],
    ['another sessionId', { sessionId: 't' }, () => false],
    ['errorText', { errorText: 'TIMED' }, ({ errorMessage }) => errorMessage === 'timed out'],
  ])('getRecordPage narrows by %s', async (_name, filter, matches) => {
    const expected = oracle.getRecords({}).filter(matches)
    expect((await pages(filter, 100)).map(({ recordId }) => recordId)).toEqual(expected.map(({ recordId }) => recordId))
  })

  it('getRecord finds one by its id, or none', async () => {
    const [first] = records as [FeatureUsageRecord]
    expect(await reader.getRecord(first.recordId)).toEqual({ ...first, ...UNKNOWN })
    expect(await reader.getRecord('nobody')).toBeUndefined()
  })

  it('getSlowest gives the longest first', () =>
    holds(async (filter) => {
      const expected = oracle
        .getRecords(filter)
        .toSorted((a, b) => b.duration - a.duration || (a.recordId < b.recordId ? 1 : -1))
        .slice(0, 12)
      const found = await reader.getSlowest({ ...filter, limit: 12 })
      expect(found.map(({ duration }) => duration)).toEqual(expected.map(({ duration }) => duration))
      expect(found.every(({ recordId }) => records.some((known) => known.recordId === recordId))).toBe(true)
    }))

  it('getLatency puts every call into a bar, within 1 %', () =>
    holds(async (filter) => {
      const expected = oracle.getRecords(filter).map(({ duration }) => duration)
      const bars = await reader.getLatency(filter)
      expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length)
      for (const [index, bar] of bars.entries()) {
        if (index > 1) expect(bar.from).toBeCloseTo(bars[index - 1]?.to as number, 5)
        const surely = expected.filter((duration) => duration >= bar.from * 1.011 && duration < bar.to * 0.989).length
        const perhaps = expected.filter((duration) => duration >= bar.from * 0.989 && duration < bar.to * 1.011).length
        expect(bar.count).toBeGreaterThanOrEqual(surely)
        expect(bar.count).toBeLessThanOrEqual(perhaps)
      }
    }))

  it('getRecentSummary says what the latest calls say', () =>
    holds(async (filter) => {
      const calls = oracle.getRecords({ ...filter, limit: 1000 })
      const failed = calls.filter(({ status }) => status !== 'success').slice(0, 300)
      const summary = await reader.getRecentSummary(filter)
      expect([summary.calls, summary.errorCalls]).toEqual([calls.length, failed.length])
      expect(summary.errors.reduce((sum, { count }) => sum + count, 0)).toBe(failed.length)
      const users = new Set(calls.map(({ userId }) => userId).filter((user) => user !== null))
      expect(summary.users).toHaveLength(users.size)
      for (const { userId, calls: count } of summary.users)
        expect(count).toBe(calls.filter((call) => call.userId === userId).length)
      expect(summary.outputSize.max).toBe(Math.max(0, ...calls.map(({ outputSize }) => outputSize)))
      const output = calls.map(({ outputSize }) => Math.min(1, outputSize / 1000))
      const mean = output.reduce((sum, value) => sum + value, 0) / Math.max(1, output.length)
      expect(summary.efficiency.output).toBeCloseTo(mean, 9)
    }))

  it('countUsers leaves the users out, and nothing else', () =>
    holds(async (filter) => {
      const without = { ...filter, countUsers: false }
      expectClose(await reader.getUsageStats(without), { ...(await reader.getUsageStats(filter)), users: 0 })
      const points = await reader.getSeries({ ...filter, bucket: 'day' })
      const expected = points.map((point) => Object.assign(point, { users: 0 }))
      expectClose(await reader.getSeries({ ...without, bucket: 'day' }), expected)
    }))

  it('callsOnly leaves all but the calls out', () =>
    holds(async (filter) => {
      for (const bucket of ['hour', 'day'] as const) {
        const points = await reader.getSeries({ ...filter, bucket, fill: true })
        const expected = points.map((point) => Object.assign(point, ONLY_CALLS))
        expect(await reader.getSeries({ ...filter, bucket, fill: true, callsOnly: true })).toEqual(expected)
      }
    }))

  it.each(['feature', 'category', 'status', undefined] as const)(
    'getGroups by %s gives what asking for each group gives',
    (by) =>
      holds(async (filter) => {
        for (const figure of ['totalCalls', 'users', 'p95Duration'] as const) {
          const cut = { bucket: 'day', timeZone: 'Europe/Berlin', fill: true, until: FIRST + 11 * DAY } as const
          const groups = await reader.getGroups({ ...filter, by, figure, limit: 50, series: cut })
          const values = groups.map(({ stats }) => stats[figure])
          expect(values).toEqual(values.toSorted((a, b) => b - a))
          if (by !== 'feature' || groups.length < 20)
            expect(groups.reduce((sum, { stats }) => sum + stats.totalCalls, 0)).toBe(oracle.getRecords(filter).length)
          const countUsers = figure === 'users'
          for (const { group, stats, series } of groups) {
            const asked = { ...filter, ...group, countUsers }
            expectClose(stats, await reader.getUsageStats(asked))
            expectClose(series, await reader.getSeries({ ...cut, ...asked, until: filter.until ?? cut.until }))
          }
          const largest = await reader.getGroups({ ...filter, by, figure, limit: 2 })
          expect(largest.map(({ series }) => series)).toEqual(groups.slice(0, 2).map(() => []))
          for (const [index, { group, stats }] of largest.entries()) {
            // Groups whose percentiles are next to each other may change places.
            expectClose({ [figure]: stats[figure] }, { [figure]: groups[index]?.stats[figure] })
            expectClose(stats, groups.find((found) => isDeepStrictEqual(found.group, group))?.stats)
          }
        }
      }),
  )

  it('getGroups refuses what cannot be cut', async () => {
    const query = { figure: 'totalCalls', limit: 5 } as const
    await expect(reader.getGroups({ ...query, limit: 0 })).rejects.toThrow('limit is 0')
    await expect(reader.getGroups({ ...query, series: { bucket: 'minute' } })).rejects.toThrow('more than a day')
    await expect(reader.getGroups({ ...query, series: { bucket: 'week' as never } })).rejects.toThrow('"week"')
  })

  it.each([
    ['days', FIRST + 2 * DAY, DAY],
    ['minutes', FIRST + 2 * DAY + 1_234_567, 1_800_000],
  ])('getActivity has each call in its part, of %s', async (_name, since, length) => {
    const features = await reader.getTopFeatures({ limit: 5 })
    const until = since + 6 * length
    const found = await reader.getActivity({ features, since, until, parts: 6 })
    for (const [index, { featureName, category }] of features.entries()) {
      const expected = Array.from({ length: 6 }, (_, part) => {
        const [from, to] = [since + part * length, since + (part + 1) * length]
        return oracle.getRecords({ featureName, category, since: from, until: to }).length
      })
      expect(found[index]).toEqual(expected)
    }
  })

  it.each(['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'UTC'])(
    'getSeries counts the days of %s, also those without calls',
    async (timeZone) => {
      const [since, until] = ['2025-12-30T00:00:00Z', '2026-01-13T00:00:00Z']
      const points = await reader.getSeries({ bucket: 'day', timeZone, fill: true, since, until })
      const day = new Intl.DateTimeFormat('en-CA', { timeZone })
      const expected = new Map<string, number>()
      for (const { startTime } of records) {
        const name = day.format(new Date(startTime))
        expected.set(name, (expected.get(name) ?? 0) + 1)
      }
      const found = points.map(({ start, totalCalls }) => [day.format(new Date(start)), totalCalls] as const)
      expect(new Map(found.filter(([, calls]) => calls > 0))).toEqual(expected)
      expect(new Set(found.map(([name]) => name)).size).toBe(points.length)
      expect(points.length).toBeGreaterThanOrEqual(14)
      for (const { start } of points)
        expect(
          new Intl.DateTimeFormat('en', { timeZone, timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(start)),
        ).toBe('00:00:00')
    },
  )

  it('a time zone that is none is refused and named', async () => {
    await expect(reader.getSeries({ bucket: 'day', timeZone: 'Mars/Olympus' })).rejects.toThrow(
      'timeZone is "Mars/Olympus": give an IANA name',
    )
  })

  it('getNews gives what was stored after a place, the latest first', async () => {
    const before = await reader.getNews({ limit: 10 })
    expect(before).toMatchObject({ continues: true, count: 0, records: [] })
    const more = [record({ featureName: 'one' }), record({ featureName: 'two' }), record({ featureName: 'three' })]
    await store.writer().insertRecords(more)
    const after = await reader.getNews({ after: before.position, limit: 2 })
    expect(after).toMatchObject({ continues: true, count: 3 })
    expect(after.records.map(({ featureName }) => featureName)).toEqual(['three', 'two'])
    expect(await reader.getNews({ after: after.position, limit: 2 })).toMatchObject({ count: 0, records: [] })
    const elsewhere = { rowid: before.position?.rowid ?? 0, recordId: 'another' }
    expect(await reader.getNews({ after: elsewhere, limit: 2 })).toMatchObject({ continues: false, count: 0 })
  })

  it('getStoreStatus tells how far the store is', async () => {
    const { schema, rows } = await reader.getStoreStatus()
    expect(schema.current).toBe(schema.latest)
    expect(rows).toBeGreaterThanOrEqual(RECORDS)
  })
}
