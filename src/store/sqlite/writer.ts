import type { FeatureUsageRecord } from '../../record/index.js'
import type { FeatureStoreWriter } from '../contract.js'
import { pushRow, type SqlValue } from './rows.js'
import { StoreThread } from './thread.js'

/** A FeatureStoreWriter whose SQLite connection lives in a thread of its own: the caller never waits for a disk or lock. */
export class SqliteWriter implements FeatureStoreWriter {
  readonly path: string
  readonly #thread: StoreThread
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  /** @param path absolute path of the file; it is opened when the first records come */
  constructor(path: string) {
    this.path = path
    this.#thread = new StoreThread('writer', path)
  }

  insertRecords(records: readonly FeatureUsageRecord[]): Promise<number> {
    const stored = this.#insert(records)
    // Batches settle in order, so the last one stands for all; whoever gave a refused one is told by its own promise.
    this.#last = stored.catch(() => {})
    return stored
  }

  async #insert(records: readonly FeatureUsageRecord[]): Promise<number> {
    if (records.length === 0 && !this.#closed) return 0
    const values: SqlValue[] = []
    for (const record of records) pushRow(values, record)
    return this.#thread.request<number>({ kind: 'insert', values })
  }

  async flush(): Promise<void> {
    await this.#last
  }

  drainSync(timeoutMs: number): boolean {
    return this.#thread.waitSync(timeoutMs)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#thread.close()
  }
}
