import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FeatureUsageRecord } from '../../src/record/index.js'
import type { FeatureStoreReader } from '../../src/store/index.js'
import { record } from '../support/records.js'
import { type MakeStore, OpenStore } from './subject.js'
import { UNUSUAL } from './unusual.js'

/** Values at the edges: what is read is what was written, and a filter finds it. */
export function describeValues(make: MakeStore): void {
  const given = UNUSUAL.map(([what, fields]) => [what, record({ sessionId: what, ...fields })] as const)
  let store: OpenStore
  let reader: FeatureStoreReader
  let stored: FeatureUsageRecord[]

  beforeAll(async () => {
    store = new OpenStore(await make())
    await store.writer().insertRecords(given.map(([, one]) => one))
    reader = store.reader()
    stored = await reader.getRecords()
  })
  afterAll(() => store.end())

  it.each(given)('%s come back as they were', async (_what, expected) => {
    expect(stored.find(({ recordId }) => recordId === expected.recordId)).toEqual(expected)
    expect(
      await reader.getRecords({ featureName: expected.featureName, userId: expected.userId ?? undefined }),
    ).toContainEqual(expected)
  })

  it('no filter finds more than it names', async () => {
    for (const [, { featureName }] of given) {
      const expected = stored.filter((found) => found.featureName === featureName)
      expect(await reader.getRecords({ featureName })).toEqual(expected)
    }
  })
}
