import { describe, expect, it, onTestFinished } from 'vitest'
import type { FeatureUsageRecord } from '../../src/record/index.js'
import type { FeatureStoreWriter } from '../../src/store/index.js'
import { record } from '../support/records.js'
import { type MakeStore, OpenStore } from './subject.js'

/** A record that no store can take: the name is a must. */
const refused = () => ({ ...record(), featureName: null }) as unknown as FeatureUsageRecord
const batch = (size: number) => Array.from({ length: size }, (_, index) => record({ featureName: `f${index}` }))
const idsOf = (records: readonly FeatureUsageRecord[]) => records.map(({ recordId }) => recordId).toSorted()

export function describeWrites(make: MakeStore): void {
  const open = async () => {
    const store = new OpenStore(await make())
    onTestFinished(() => store.end())
    return store
  }
  describe('insertRecords', () => inserts(open))
  describe('flush, drainSync and close', () => endings(open))
}

type Open = () => Promise<OpenStore>

function inserts(open: Open): void {
  it('has committed when it resolves: a reader that is opened then sees the records', async () => {
    const store = await open()
    const records = batch(3)
    expect(await store.writer().insertRecords(records)).toBe(3)
    expect(idsOf(await store.reader().getRecords())).toEqual(idsOf(records))
  })

  it('is seen by a reader that asked before', async () => {
    const store = await open()
    const [writer, reader] = [store.writer(), store.reader()]
    await writer.insertRecords(batch(1))
    expect(await reader.getRecords()).toHaveLength(1)
    await writer.insertRecords(batch(2))
    expect(await reader.getRecords()).toHaveLength(3)
  })

  it('leaves a record as it is whose id is stored already, and says how many were new', async () => {
    const store = await open()
    const writer = store.writer()
    const first = record({ featureName: 'first' })
    expect(await writer.insertRecords([first])).toBe(1)
    const other = record({ featureName: 'other' })
    expect(await writer.insertRecords([{ ...first, featureName: 'second' }, other, other])).toBe(1)
    expect(await writer.insertRecords([first, other])).toBe(0)
    expect((await store.reader().getRecords()).map(({ featureName }) => featureName).toSorted()).toEqual([
      'first',
      'other',
    ])
  })

  it('takes an empty batch', async () => {
    const store = await open()
    expect(await store.writer().insertRecords([])).toBe(0)
  })

  it('neither keeps nor changes the array and its records', async () => {
    const store = await open()
    const metadata = { key: 'before' }
    const given = [record({ metadata })]
    const stored = store.writer().insertRecords(given)
    metadata.key = 'after'
    given.length = 0
    await stored
    expect(await store.reader().getRecords()).toMatchObject([{ metadata: { key: 'before' } }])
    await store.writer().insertRecords(Object.freeze([Object.freeze(record())]))
  })

  it('takes many batches that are not waited for', async () => {
    const store = await open()
    const writer = store.writer()
    const batches = Array.from({ length: 50 }, (_, size) => batch(size))
    const counts = await Promise.all(batches.map((records) => writer.insertRecords(records)))
    expect(counts).toEqual(batches.map(({ length }) => length))
    expect(idsOf(await store.reader().getRecords())).toEqual(idsOf(batches.flat()))
  })

  it('commits batches in the order in which they were given', async () => {
    const store = await open()
    const writer = store.writer()
    const same = record({ featureName: 'first' })
    const settled: number[] = []
    const versions = Array.from({ length: 20 }, (_, index) => ({
      ...same,
      featureName: index === 0 ? 'first' : `later ${index}`,
    }))
    await Promise.all(
      versions.map(async (version, index) => settled.push((await writer.insertRecords([version])) * 100 + index)),
    )
    expect(settled).toEqual([100, ...Array.from({ length: 19 }, (_, index) => index + 1)])
    expect(await store.reader().getRecords()).toMatchObject([{ featureName: 'first' }])
  })

  it('stores a batch wholly or not at all, and its neighbours all the same', async () => {
    const store = await open()
    const writer = store.writer()
    const [before, after] = [batch(3), batch(4)]
    const results = await Promise.allSettled([
      writer.insertRecords(before),
      writer.insertRecords([...batch(5), refused(), ...batch(5)]),
      writer.insertRecords(after),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(Error)
    expect(idsOf(await store.reader().getRecords())).toEqual(idsOf([...before, ...after]))
  })

  it('loses nothing where several writers write at once', async () => {
    const store = await open()
    const writers = [store.writer(), store.writer(), store.writer()]
    const batches = Array.from({ length: 60 }, () => batch(5))
    await Promise.all(
      batches.map((records, index) => (writers[index % 3] as FeatureStoreWriter).insertRecords(records)),
    )
    expect(idsOf(await store.reader().getRecords())).toEqual(idsOf(batches.flat()))
  })
}

function endings(open: Open): void {
  it('flush resolves when everything given before is committed, and at once when there is nothing', async () => {
    const store = await open()
    const writer = store.writer()
    await writer.flush()
    for (let count = 0; count < 10; count++) void writer.insertRecords(batch(10))
    await writer.flush()
    expect(await store.reader().getRecords()).toHaveLength(100)
  })

  it('flush resolves also where a batch was refused', async () => {
    const store = await open()
    const writer = store.writer()
    const [good, bad] = [writer.insertRecords(batch(2)), writer.insertRecords([refused()])]
    bad.catch(() => {})
    await writer.flush()
    await expect(bad).rejects.toThrow()
    expect(await good).toBe(2)
  })

  it('drainSync waits without promises until everything is committed', async () => {
    const store = await open()
    const writer = store.writer()
    expect(writer.drainSync(1000)).toBe(true)
    const stored = Array.from({ length: 10 }, () => writer.insertRecords(batch(10)))
    expect(writer.drainSync(20_000)).toBe(true)
    expect(await store.reader().getRecords()).toHaveLength(100)
    await Promise.all(stored)
  })

  it('drainSync says that not everything was committed where a batch was refused', async () => {
    const store = await open()
    const writer = store.writer()
    const bad = writer.insertRecords([refused()])
    bad.catch(() => {})
    expect(writer.drainSync(20_000)).toBe(false)
    await expect(bad).rejects.toThrow()
    // Of a refusal that its promise has told, it says nothing any more.
    void writer.insertRecords(batch(1))
    expect(writer.drainSync(20_000)).toBe(true)
  })

  it('close commits what was given before', async () => {
    const store = await open()
    const writer = store.writer()
    const stored = Array.from({ length: 10 }, () => writer.insertRecords(batch(10)))
    await writer.close()
    expect(await store.reader().getRecords()).toHaveLength(100)
    expect(await Promise.all(stored)).toEqual(Array.from({ length: 10 }, () => 10))
  })

  it('close refuses what comes later, and flush and drainSync find nothing to do', async () => {
    const store = await open()
    const writer = store.writer()
    await writer.insertRecords(batch(1))
    await writer.close()
    await expect(writer.insertRecords(batch(1))).rejects.toMatchObject({ name: 'StoreError', code: 'closed' })
    await writer.flush()
    expect(writer.drainSync(1000)).toBe(true)
    expect(await store.reader().getRecords()).toHaveLength(1)
  })

  it('close may be called twice, one after the other', async () => {
    const store = await open()
    const [writer, unused] = [store.writer(), store.writer()]
    await writer.insertRecords(batch(1))
    for (const closing of [writer, writer, unused, unused]) await closing.close()
  })

  it('close may be called twice at once', { timeout: 3000 }, async () => {
    const store = await open()
    const writer = store.writer()
    await writer.insertRecords(batch(1))
    await Promise.all([writer.close(), writer.close(), writer.close()])
  })

  it('a reader may be closed twice, also at once', { timeout: 3000 }, async () => {
    const store = await open()
    await store.writer().insertRecords(batch(1))
    const [reader, unused] = [store.reader(), store.reader()]
    await reader.getRecords()
    await Promise.all([reader.close(), reader.close(), unused.close()])
    await reader.close()
  })
}
