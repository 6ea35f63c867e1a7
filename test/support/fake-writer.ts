import type { FeatureUsageRecord } from '../../src/record/index.js'
import type { FeatureStoreWriter } from '../../src/store/index.js'

/** A writer in memory that does what a test tells it to. */
export class FakeWriter implements FeatureStoreWriter {
  readonly batches: (readonly FeatureUsageRecord[])[] = []
  flushes = 0
  closes = 0
  /** What a batch comes to; the default is that it is stored. */
  answer: (records: readonly FeatureUsageRecord[]) => Promise<number> = async (records) => records.length

  get records(): FeatureUsageRecord[] {
    return this.batches.flat()
  }

  insertRecords(records: readonly FeatureUsageRecord[]): Promise<number> {
    this.batches.push([...records])
    return this.answer(records)
  }

  async flush(): Promise<void> {
    this.flushes++
  }

  drainSync(): boolean {
    return true
  }

  async close(): Promise<void> {
    this.closes++
  }
}

/** A promise that a test settles. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
