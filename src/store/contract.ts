import type { FeatureCategory, FeatureStatus, FeatureUsageRecord, RecordDraft, TimeInput } from '../record/index.js'

/** Which records a question is about; conditions that are given hold together. */
export interface RecordFilter {
  featureName?: string | undefined
  category?: FeatureCategory | undefined
  status?: FeatureStatus | undefined
  /** A user id or a pseudonym. Finds rows that hold either form. */
  userId?: string | undefined
  /** Started at this time or later. */
  since?: TimeInput | undefined
  /** Started before this time. */
  until?: TimeInput | undefined
}

export interface RecordQuery extends RecordFilter {
  /** At most so many records, the latest first; all of them when absent. */
  limit?: number | undefined
}

/** What the calls under a filter come to. Of no calls every number is 0 and every time null. */
export interface UsageStats {
  totalCalls: number
  successCount: number
  /** Calls with status `failed`; time-outs and partial ends are counted by themselves. */
  failureCount: number
  partialCount: number
  timeoutCount: number
  /** Percent of all calls. */
  successRate: number
  /** Seconds. */
  avgDuration: number
  minDuration: number
  maxDuration: number
  /** Nearest-rank percentiles of the duration, in seconds. */
  p50Duration: number
  p95Duration: number
  /** 0 to 1. */
  avgEfficiency: number
  avgInputSize: number
  avgOutputSize: number
  /** Distinct user ids or pseudonyms. */
  users: number
  firstCall: string | null
  lastCall: string | null
}

/** One feature under one category, in a list of the most used. */
export interface FeatureSummary {
  featureName: string
  category: FeatureCategory
  usageCount: number
  successCount: number
  /** Percent. */
  successRate: number
  /** Seconds. */
  avgDuration: number
  /** 0 to 1. */
  avgEfficiency: number
  users: number
  lastCall: string | null
}

export interface TopFeaturesQuery extends RecordFilter {
  /** 10 when absent. */
  limit?: number | undefined
}

/**
 * Takes records in. It belongs to one process; any number of writers, of this library or of the Python original, may
 * write to the same place at once.
 */
export interface FeatureStoreWriter {
  /**
   * Stores records. When the promise resolves they are committed: a crash of the process loses none of them. A record
   * whose id is stored already is left as it is, so the same batch may come again. Batches commit in the order in
   * which they were given, each wholly or not at all. The array is not kept or changed.
   *
   * @returns how many records were new
   * @throws StoreError when the store cannot take them, now or ever
   */
  insertRecords(records: readonly FeatureUsageRecord[]): Promise<number>
  /** Resolves when everything given before has been committed or refused. May be called at any time. */
  flush(): Promise<void>
  /**
   * Waits, blocking the thread, until everything given before is committed or `timeoutMs` has passed; for the end of
   * a process, where no promise is awaited any more.
   * @returns whether everything was committed
   */
  drainSync(timeoutMs: number): boolean
  /** Flushes and lets go of everything. Later calls of `insertRecords` are refused; a second `close` does nothing. */
  close(): Promise<void>
}

/**
 * The cheap way in, for a writer that has one: records come one by one and nobody waits for each. What becomes of them
 * shows in the writer's `flush` and in the counts of what it dropped.
 */
export interface RecordSink {
  /**
   * Takes a record, without a promise and without throwing. Nothing of it is kept by reference. It commits before
   * everything that is given later, also by `insertRecords`.
   * @returns false when it was dropped, which the sink has counted by reason
   */
  add(draft: RecordDraft): boolean
  /** Hands what was added to the store's thread, without waiting for it. */
  send(): void
  /** What became of the records, and how the store is. */
  health(): SinkHealth
}

/**
 * Why a record was dropped.
 *
 * - `queue_full`: more records wait than the limits allow
 * - `spool_full`: the same, after the file for records that wait for the database had reached its limit
 * - `refused`: no row can hold it
 * - `worker_lost`: the store's thread died of it again and again
 * - `closed`: it came after `close`
 */
export type DropReason = 'queue_full' | 'spool_full' | 'refused' | 'worker_lost' | 'closed'

/** Whether the database can be written; otherwise why not, and since when in milliseconds since the Unix epoch. */
export type DatabaseState =
  | { readonly status: 'ok' }
  | { readonly status: 'unavailable'; readonly message: string; readonly since: number }

export interface SinkHealth {
  /** Records that were taken and are not committed yet. */
  readonly waitingRecords: number
  /** Bytes of memory that they hold. */
  readonly waitingBytes: number
  /** Records that are committed. */
  readonly stored: number
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>
  /** Records and bytes that wait in a file until the database can be written. */
  readonly spool: { readonly records: number; readonly bytes: number }
  readonly database: DatabaseState
  /** What processes that ended without shutting down left behind: records taken over from them, and those lost. */
  readonly recovered: { readonly records: number; readonly lost: number }
  /** The longest that a transaction had to wait for others that write, in milliseconds. */
  readonly longestLockWait: number
}

/**
 * What a writer tells its owner without being asked; besides the reasons for drops:
 *
 * - `database_unavailable`: it cannot be written; records wait
 * - `database_corrupt`: it was damaged and has been set aside
 * - `database_replaced`: the file was removed or another one put in its place
 * - `unclean_shutdown`: an earlier process ended without shutting down
 * - `spool_unavailable`: the file for waiting records cannot be written
 * - `spool_damaged`: a file of waiting records was damaged and has been set aside
 * - `wal_stuck`: a reader keeps the write-ahead log from being emptied
 */
export type ProblemTopic =
  | DropReason
  | 'database_unavailable'
  | 'database_corrupt'
  | 'database_replaced'
  | 'unclean_shutdown'
  | 'spool_unavailable'
  | 'spool_damaged'
  | 'wal_stuck'

/**
 * Hears of a problem, with what to do about it. It may come often for the same topic.
 * @param count records that it befell
 */
export type ProblemListener = (topic: ProblemTopic, message: string, count: number) => void

/** Answers questions. It sees what was committed when it was asked, and never changes anything. */
export interface FeatureStoreReader {
  getRecords(query?: RecordQuery): Promise<FeatureUsageRecord[]>
  getUsageStats(filter?: RecordFilter): Promise<UsageStats>
  /** Features by number of calls, most used first; equal numbers by name. */
  getTopFeatures(query?: TopFeaturesQuery): Promise<FeatureSummary[]>
  close(): Promise<void>
}

export interface SchemaStatus {
  /** Version found; 0 is the original's file, or an empty one. */
  current: number
  /** Version that this library writes. */
  latest: number
}

/** Looks after the schema. */
export interface FeatureStoreAdmin {
  schemaStatus(): Promise<SchemaStatus>
  /** Brings the schema to the latest version; each step and its record commit together. */
  migrate(): Promise<SchemaStatus>
}

/**
 * - `not_found`: there is no file at the path
 * - `empty`: the database has no table `feature_usage`: nothing was ever tracked in it
 * - `not_ours`: the file is no database, or its `feature_usage` is another table
 * - `newer_schema`: a later version of this library wrote it; it is left as it is
 * - `unavailable`: it cannot be opened or written at the moment (permissions, lock, disk)
 * - `corrupt`: SQLite finds it damaged
 * - `closed`: the store was closed before
 */
export type StoreErrorCode = 'not_found' | 'empty' | 'not_ours' | 'newer_schema' | 'unavailable' | 'corrupt' | 'closed'

/** An error of a store; the message names the file and the remedy. */
export class StoreError extends Error {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
  }
}
