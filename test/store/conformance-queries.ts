import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { FEATURE_CATEGORIES, FEATURE_STATUSES, type FeatureUsageRecord, timeText } from '../../src/record/index.js'
import type { FeatureStoreReader, RecordFilter, RecordQuery } from '../../src/store/index.js'
import { NAMES, record, someDay, someRecord, USERS } from '../support/records.js'
import { expectClose } from './close.js'
import { Oracle } from './oracle.js'
import { type MakeStore, OpenStore } from './subject.js'
import { cases } from '../support/thorough.js'

const RECORDS = 400

const time = fc.oneof(
  someDay,
  someDay.map((millis) => new Date(millis)),
  someDay.map((millis) => new Date(millis + 43_200_000).toISOString()),
)
const optional = { requiredKeys: [] as [] }
const filter: fc.Arbitrary<RecordFilter> = fc.record(
  {
    featureName: fc.constantFrom(...NAMES, 'unknown'),
    category: fc.constantFrom(...FEATURE_CATEGORIES),
    status: fc.constantFrom(...FEATURE_STATUSES),
    userId: fc.constantFrom(...USERS, 'unknown'),
    since: time,
    until: time,
  },
  optional,
)
const limit = fc.option(fc.integer({ min: 1, max: RECORDS + 1 }), { nil: undefined })

/** Questions to a store that holds some hundred records, against the answers of a list in memory. */
export function describeQueries(make: MakeStore): void {
  let store: OpenStore
  let reader: FeatureStoreReader
  let oracle: Oracle
  let records: FeatureUsageRecord[]

  beforeAll(async () => {
    store = new OpenStore(await make())
    const userOf = ({ userId }: FeatureUsageRecord, index: number) =>
      userId === null || index % 2 === 0 ? userId : store.pseudonym(userId)
    records = fc
      .sample(someRecord, { numRuns: RECORDS, seed: 7 })
      .map((given, index) => Object.assign(given, { userId: userOf(given, index) }))
    await store.writer().insertRecords(records)
    reader = store.reader()
    oracle = new Oracle(records, (userId) => store.pseudonym(userId))
  })
  afterAll(() => store.end())

  const holds = (property: (filter: RecordFilter, limit: number | undefined) => Promise<void>) =>
    fc.assert(fc.asyncProperty(filter, limit, property), { numRuns: cases(30, 300) })

  it('getRecords gives what any filters and limit leave, the latest first', () =>
    holds(async (given, most) => {
      const query = { ...given, limit: most }
      expect(await reader.getRecords(query)).toEqual(oracle.getRecords(query))
    }))

  it('getUsageStats sums up what any filters leave', () =>
    holds(async (given) => {
      expectClose(await reader.getUsageStats(given), oracle.getUsageStats(given))
    }))

  it('getTopFeatures counts what any filters leave, most used first', () =>
    holds(async (given, most) => {
      const query = { ...given, limit: most }
      expectClose(await reader.getTopFeatures(query), oracle.getTopFeatures(query))
    }))

  it.each(['hour', 'day'] as const)('getSeries sums up what any filters leave, by %s, the earliest first', (bucket) =>
    holds(async (given) => {
      const query = { ...given, bucket }
      expectClose(await reader.getSeries(query), oracle.getSeries(query))
    }),
  )

  it('getSeries by minute is for a day at the most, and has the minutes without calls where they are asked for', async () => {
    const since = Date.UTC(2026, 0, 5, 10, 30, 20)
    const day = { since, until: since + 86_400_000 }
    const points = await reader.getSeries({ ...day, bucket: 'minute', fill: true })
    expect(points.map(({ start }) => start)).toEqual(
      Array.from({ length: 1441 }, (_, minute) => timeText((Date.UTC(2026, 0, 5, 10, 30) + minute * 60_000) * 1000)),
    )
    const counted = points.reduce((calls, { totalCalls }) => calls + totalCalls, 0)
    expect(counted).toBe((await reader.getUsageStats(day)).totalCalls)
    for (const longer of [{}, { since, until: since + 86_400_001 }])
      await expect(reader.getSeries({ ...longer, bucket: 'minute' })).rejects.toThrow(
        'bucket is "minute" for more than a day',
      )
  })

  it('a bucket that is none is refused and named', async () => {
    await expect(reader.getSeries({ bucket: 'week' as 'day' })).rejects.toThrow(TypeError)
    await expect(reader.getSeries({ bucket: 'week' as 'day' })).rejects.toThrow('bucket is "week"')
  })

  it.each<[string, RecordFilter]>([
    ['featureName', { featureName: NAMES[0] }],
    ['category', { category: 'sysmon' }],
    ['status', { status: 'timeout' }],
    ['userId', { userId: USERS[0] }],
    ['since', { since: '2026-01-05T00:00:00Z' }],
    ['until', { until: Date.UTC(2026, 0, 5) }],
  ])('the filter %s by itself leaves some records and not all', async (_name, given) => {
    const found = await reader.getRecords(given)
    expect(found).toEqual(oracle.getRecords(given))
    expect(found.length).toBeGreaterThan(0)
    expect(found.length).toBeLessThan(RECORDS)
  })

  it('since takes its own moment in and until leaves it out, to the microsecond', async () => {
    const at = records[0]?.startTime as string
    const after = at.replace(/(\d)\+/, (_, digit: string) => `${(Number(digit) + 1) % 10}+`)
    const has = async (query: RecordQuery) => (await reader.getRecords(query)).some(({ startTime }) => startTime === at)
    expect(await has({ since: at })).toBe(true)
    expect(await has({ until: at })).toBe(false)
    if (after > at) expect([await has({ since: after }), await has({ until: after })]).toEqual([false, true])
  })

  it('a filter that is undefined is none', async () => {
    const none = {
      featureName: undefined,
      category: undefined,
      status: undefined,
      userId: undefined,
      since: undefined,
      until: undefined,
      limit: undefined,
    }
    expect(await reader.getRecords(none)).toHaveLength(RECORDS)
    expect(await reader.getRecords()).toHaveLength(RECORDS)
    expect((await reader.getUsageStats()).totalCalls).toBe(RECORDS)
    expect(await reader.getTopFeatures()).toHaveLength(10)
  })

  it('a user is found under the id and under the pseudonym; asked for the pseudonym, only there', async () => {
    const [ada, hash] = [USERS[0], store.pseudonym(USERS[0])]
    const usersOf = async (userId: string) =>
      new Set((await reader.getRecords({ userId })).map((found) => found.userId))
    expect(await usersOf(ada)).toEqual(new Set([ada, hash]))
    expect(await usersOf(hash)).toEqual(new Set([hash]))
  })

  it('agent_platform asks for agentic_platform', async () => {
    const asked = 'agent_platform' as RecordFilter['category']
    expect(await reader.getRecords({ category: asked })).toEqual(oracle.getRecords({ category: 'agentic_platform' }))
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown category', { category: 'tools' }, '"tools"'],
    ['an unknown status', { status: 'done' }, '"done"'],
    ['a since that is no time', { since: 'soon' }, 'since is "soon"'],
    ['an until that is no time', { until: Number.NaN }, 'until'],
  ])('%s is refused and named', async (_what, bad, named) => {
    for (const ask of ['getRecords', 'getUsageStats', 'getTopFeatures'] as const) {
      await expect(reader[ask](bad)).rejects.toThrow(TypeError)
      await expect(reader[ask](bad)).rejects.toThrow(named)
    }
  })

  it.each([0, -1, 1.5, Number.NaN, '5' as unknown as number])('a limit of %j is refused and named', async (bad) => {
    for (const ask of ['getRecords', 'getTopFeatures'] as const) {
      await expect(reader[ask]({ limit: bad })).rejects.toThrow(RangeError)
      await expect(reader[ask]({ limit: bad })).rejects.toThrow(`limit is ${String(bad)}`)
    }
  })

  it('answers many questions at once', async () => {
    const asked = fc.sample(filter, { numRuns: 40, seed: 3 })
    const answers = await Promise.all(asked.map((given) => reader.getRecords(given)))
    expect(answers).toEqual(asked.map((given) => oracle.getRecords(given)))
  })

  it('of no calls every number is 0 and every time null', async () => {
    const empty = new OpenStore(await make())
    onTestFinished(() => empty.end())
    const writer = empty.writer()
    const one = record()
    await writer.insertRecords([one])
    const stats = await empty.reader().getUsageStats({ featureName: 'none such' })
    const { firstCall, lastCall, ...numbers } = stats
    expect([firstCall, lastCall]).toEqual([null, null])
    expect(new Set(Object.values(numbers))).toEqual(new Set([0]))
    expect(await empty.reader().getTopFeatures({ featureName: 'none such' })).toEqual([])
    expect(await empty.reader().getRecords({ since: new Date(Date.parse(one.startTime) + 1000) })).toEqual([])
  })
}
