import { resolveSettings } from '../../config/index.js'
import { completeRecord, type FeatureUsageRecord, type RecordInput } from '../../record/index.js'
import type { FeatureStoreAdmin, RollupStatus, SchemaStatus } from '../contract.js'
import type { QuestionName, RollupStep } from './protocol.js'
import { Questions } from './questions.js'
import { SqliteReader } from './reader.js'
import { StoreThread } from './thread.js'
import { SqliteWriter } from './writer.js'

export interface FeatureTrackerDBOptions {
  /** Default: `FEATURE_TRACKING_DB_PATH`, else `~/.cloudcurio/feature_tracking.db`. */
  dbPath?: string | undefined
}

/**
 * A file of feature usage: writer, reader and schema in one, under the names of the original. Nothing is opened before
 * the first call. Reading a file that does not exist yet makes an empty one, as the original does.
 *
 * Records are stored as they are given; pseudonyms are made where calls are tracked. Questions about a user find both
 * the id that is asked for and its pseudonym.
 */
export class FeatureTrackerDB extends Questions implements FeatureStoreAdmin {
  readonly dbPath: string
  readonly #writer: SqliteWriter
  readonly #reader: SqliteReader
  readonly #admin: StoreThread
  #ready: Promise<unknown> | undefined

  /** @throws TypeError when the path is no path */
  constructor(options: string | FeatureTrackerDBOptions = {}) {
    super()
    const dbPath = typeof options === 'string' ? options : options.dbPath
    this.dbPath = resolveSettings({ dbPath }).dbPath
    this.#writer = new SqliteWriter(this.dbPath)
    this.#reader = new SqliteReader(this.dbPath)
    this.#admin = new StoreThread('writer', this.dbPath)
  }

  /**
   * Stores one record; resolves when it is committed.
   * @returns the record as stored, with what was left out filled in
   * @throws TypeError or RangeError for a bad field, StoreError when the file cannot take it
   */
  async insertRecord(record: RecordInput): Promise<FeatureUsageRecord> {
    const complete = completeRecord(record)
    await this.#writer.insertRecords([complete])
    return complete
  }

  /** Stores records in one transaction. @returns how many had an id that was not stored yet */
  async insertRecords(records: readonly RecordInput[]): Promise<number> {
    return this.#writer.insertRecords(records.map(completeRecord))
  }

  protected async ask<T>(method: QuestionName, query: unknown): Promise<T> {
    await this.#prepare()
    return this.#reader[method](query as never) as Promise<T>
  }

  async schemaStatus(): Promise<SchemaStatus> {
    return this.#admin.request<SchemaStatus>({ kind: 'query', method: 'schemaStatus', query: undefined })
  }

  async migrate(): Promise<SchemaStatus> {
    return this.#admin.request<SchemaStatus>({ kind: 'migrate' })
  }

  async rollupStatus(): Promise<RollupStatus> {
    await this.#writer.flush()
    return this.#rollups('status')
  }

  async rebuildRollups(onProgress?: (status: RollupStatus) => void): Promise<RollupStatus> {
    await this.#writer.flush()
    let status = await this.#rollups('rebuild')
    while (status.rebuilding) {
      status = await this.#rollups('continue')
      onProgress?.(status)
    }
    return status
  }

  #rollups(step: RollupStep): Promise<RollupStatus> {
    return this.#admin.request<RollupStatus>({ kind: 'rollups', step })
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.close(), this.#reader.close(), this.#admin.close()])
  }

  /** What was given before is committed, and there is a file to ask. */
  async #prepare(): Promise<void> {
    await this.#writer.flush()
    this.#ready ??= this.migrate()
    try {
      await this.#ready
    } catch (error) {
      this.#ready = undefined
      throw error
    }
  }
}
