import type { FeatureCategory, FeatureStatus, FeatureUsageRecord, TimeInput } from '../record/index.js'

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

/** A question for figures. */
export interface StatsQuery extends RecordFilter {
  /** False leaves `users` at 0: to count them costs most of an answer over a long time. */
  countUsers?: boolean | undefined
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
  /** Nearest-rank percentiles of the duration, in seconds; within 1 % of the call that has the rank. */
  p50Duration: number
  p95Duration: number
  p99Duration: number
  /** 0 to 1. */
  avgEfficiency: number
  /** Bytes. */
  avgInputSize: number
  /** Bytes. */
  avgOutputSize: number
  avgIterations: number
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
  /** Nearest-rank percentiles of the duration, in seconds, within 1 %. */
  p50Duration: number
  p95Duration: number
  p99Duration: number
  /** 0 to 1. */
  avgEfficiency: number
  /** Distinct user ids or pseudonyms. */
  users: number
  lastCall: string | null
}

/** Minutes are counted from the records themselves, of a day at the most. */
export type SeriesBucket = 'minute' | 'hour' | 'day'

export interface SeriesQuery extends StatsQuery {
  bucket: SeriesBucket
  /**
   * IANA name of the time zone whose days are meant; UTC when absent. Sums are kept by hours of UTC: where a zone's day
   * begins within one, that hour belongs to the day before.
   */
  timeZone?: string | undefined
  /** Whether minutes, hours or days without calls are there too, from `since` or the first call to `until` or the last. */
  fill?: boolean | undefined
  /** True leaves durations, sizes, efficiency and users at 0: to know them costs most of an answer. */
  callsOnly?: boolean | undefined
}

/** The calls of one minute, hour or day, as far as the filter takes them in. */
export interface SeriesPoint {
  /** When it begins, UTC. */
  start: string
  totalCalls: number
  successCount: number
  failureCount: number
  partialCount: number
  timeoutCount: number
  /** Percent. */
  successRate: number
  /** Seconds. */
  avgDuration: number
  /** Nearest-rank percentiles of the duration, in seconds, within 1 %. */
  p50Duration: number
  p95Duration: number
  p99Duration: number
  /** 0 to 1. */
  avgEfficiency: number
  /** Bytes. */
  avgInputSize: number
  /** Bytes. */
  avgOutputSize: number
  /** Distinct user ids or pseudonyms. */
  users: number
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

/** Answers questions. It sees what was committed when it was asked, and never changes anything. */
export interface FeatureStoreReader {
  getRecords(query?: RecordQuery): Promise<FeatureUsageRecord[]>
  getUsageStats(query?: StatsQuery): Promise<UsageStats>
  /** Features by number of calls, most used first; equal numbers by name. */
  getTopFeatures(query?: TopFeaturesQuery): Promise<FeatureSummary[]>
  /**
   * Calls by hour or day, the earliest first; hours and days without calls are left out unless `fill` is set. Calls whose
   * start is no time are in none.
   */
  getSeries(query: SeriesQuery): Promise<SeriesPoint[]>
  close(): Promise<void>
}

export interface SchemaStatus {
  /** Version found; 0 is the original's file, or an empty one. */
  current: number
  /** Version that this library writes. */
  latest: number
}

/** How far the rollups, the sums that statistics are answered from, have come. Answers are right all the while. */
export interface RollupStatus {
  /** Calls that are in the sums, those included whose rows retention has removed. */
  coveredCalls: number
  /** At most so many rows are still to be taken in: rows that others wrote, or all of them in a rebuild. */
  rowsToGo: number
  /** Whether the sums are being made anew. */
  rebuilding: boolean
}

/** Looks after the schema and the sums. */
export interface FeatureStoreAdmin {
  schemaStatus(): Promise<SchemaStatus>
  /** Brings the schema to the latest version; each step and its record commit together. */
  migrate(): Promise<SchemaStatus>
  rollupStatus(): Promise<RollupStatus>
  /**
   * Makes the sums anew from the rows, for after rows were changed by hand; sums of rows that retention removed stay.
   * Resolves when all rows are in. Calls may be recorded and questions asked meanwhile.
   * @param onProgress told after each step
   * @throws StoreError
   */
  rebuildRollups(onProgress?: (status: RollupStatus) => void): Promise<RollupStatus>
}

/**
 * - `not_found`: there is no file at the path
 * - `empty`: the database has no table `feature_usage`: nothing was ever tracked in it
 * - `not_ours`: the file is no database, or its `feature_usage` is another table
 * - `newer_schema`: a later version of this library wrote it; it is left as it is
 * - `unavailable`: it cannot be opened or written at the moment (permissions, lock, disk)
 * - `corrupt`: SQLite finds it damaged
 * - `closed`: the store was closed before
 * - `timeout`: the question took too long and was ended
 * - `busy`: too many questions wait, or no one was answered in time
 */
export type StoreErrorCode =
  | 'not_found'
  | 'empty'
  | 'not_ours'
  | 'newer_schema'
  | 'unavailable'
  | 'corrupt'
  | 'closed'
  | 'timeout'
  | 'busy'

/** An error of a store; the message names the file and the remedy. */
export class StoreError extends Error {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
  }
}
