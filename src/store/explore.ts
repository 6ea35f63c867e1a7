import type { FeatureCategory, FeatureStatus, FeatureUsageRecord, TimeInput } from '../record/index.js'
import type {
  FeatureStoreReader,
  RecordFilter,
  RollupStatus,
  SchemaStatus,
  SeriesPoint,
  SeriesQuery,
  UsageStats,
} from './contract.js'

/** Where a call stands in its trace; null where it is not known, as of calls that the Python original recorded. */
export interface SpanLink {
  /** 32 hexadecimal digits. */
  traceId: string | null
  /** 16 hexadecimal digits. */
  spanId: string | null
  parentSpanId: string | null
}

export interface TracedRecord extends FeatureUsageRecord, SpanLink {}

/** Conditions that no index and no sum knows of: rows are looked through for them, the latest first. */
export interface RowFilter extends RecordFilter {
  sessionId?: string | undefined
  traceId?: string | undefined
  /** Seconds; took at least so long. */
  minDuration?: number | undefined
  /** Seconds; took less. */
  maxDuration?: number | undefined
  /** Part of the error message; of ASCII letters the case does not matter. */
  errorText?: string | undefined
}

/** A place in a list of records: the latest start first, equal starts by id. */
export interface RecordPosition {
  startTime: string
  recordId: string
}

export interface RecordPageQuery extends RowFilter {
  limit: number
  /** Only records that come after this place. */
  after?: RecordPosition | undefined
}

export interface RecordPage {
  records: TracedRecord[]
  /** Where the next page begins; undefined when there is none. */
  next: RecordPosition | undefined
}

export interface SlowestQuery extends RowFilter {
  limit: number
}

export interface LatencyBar {
  /** Seconds; inclusive. */
  from: number
  /** Seconds; exclusive. */
  to: number
  count: number
}

/** Errors whose messages differ only in numbers, ids and quoted text. */
export interface ErrorGroup {
  /** 16 hexadecimal digits; the same for the same pattern, whenever and wherever. */
  fingerprint: string
  pattern: string
  status: FeatureStatus
  count: number
  users: number
  firstSeen: string
  lastSeen: string
  example: string
  exampleRecordId: string
}

/** Bytes. */
export interface SizeSummary {
  avg: number
  p50: number
  p95: number
  max: number
}

export interface UserCalls {
  userId: string
  calls: number
  /** Calls that did not succeed. */
  failures: number
  lastCall: string
}

/** What the latest calls say that no sum is kept of. */
export interface RecentSummary {
  /** Calls that were looked at. */
  calls: number
  /** Averages of the three factors of efficiency and of the stored scores, 0 to 1; see `calculateEfficiency`. */
  efficiency: { duration: number; output: number; iterations: number; score: number }
  inputSize: SizeSummary
  outputSize: SizeSummary
  /** Most calls first. */
  users: UserCalls[]
  /** Calls without success that were looked at. */
  errorCalls: number
  /** Most first. */
  errors: ErrorGroup[]
  /** The latest calls, and the latest that did not succeed; up to 20 of each. */
  latest: TracedRecord[]
  latestErrors: TracedRecord[]
}

export interface CategoryCalls {
  category: FeatureCategory
  calls: number
}

/** A figure that all calls have, and those of one hour or day. */
export type FigureName = keyof UsageStats & keyof SeriesPoint

export interface GroupsQuery extends RecordFilter {
  /** What calls are grouped by; all of them are one group when absent. */
  by?: 'feature' | 'category' | 'status' | undefined
  /** The largest come first. Of features the 20 with the most calls are looked at. */
  figure: FigureName
  limit: number
  /** How the groups' series are cut; without it they have none. `until` ends them where the filter gives no end. */
  series?: Pick<SeriesQuery, 'bucket' | 'timeZone' | 'fill' | 'until'> | undefined
}

/** The calls of one group. */
export interface GroupFigures {
  /** What they have in common; a feature has its category, too. */
  group: Pick<RecordFilter, 'featureName' | 'category' | 'status'>
  /** `users` is 0 unless it is the figure that is asked for; in the series as well. */
  stats: UsageStats
  /** The earliest first. */
  series: SeriesPoint[]
}

export interface ActivityQuery {
  features: { featureName: string; category: FeatureCategory }[]
  since?: TimeInput | undefined
  until?: TimeInput | undefined
  /** Equal parts of the time. */
  parts: number
}

export interface TraceRecords {
  /** By start. */
  records: TracedRecord[]
  truncated: boolean
}

/** The place of a row in the order in which rows were stored. */
export interface StoragePosition {
  rowid: number
  recordId: string
}

export interface NewsQuery {
  /** Undefined asks for the present place alone. */
  after?: StoragePosition | undefined
  /** At most so many records, the latest. */
  limit: number
}

export interface News {
  /** The last row; undefined while there is none. */
  position: StoragePosition | undefined
  /** Whether the row at `after` is still the one that it was: rows may have been deleted, or the file replaced. */
  continues: boolean
  /** Rows after `after`. */
  count: number
  /** The latest of them, latest first. */
  records: TracedRecord[]
}

export interface StoreStatus {
  schema: SchemaStatus
  /** Rows of the table, as far as the highest row id tells: those that were deleted between are counted. */
  rows: number
  rollups: RollupStatus | undefined
}

/** Answers what somebody asks who looks around: pages, single calls, traces, and what is new. */
export interface FeatureStoreExplorer extends FeatureStoreReader {
  getRecord(recordId: string): Promise<TracedRecord | undefined>
  /** The latest start first, equal starts by id, descending. */
  getRecordPage(query: RecordPageQuery): Promise<RecordPage>
  /** The longest first. Calls whose start is no time are left out. */
  getSlowest(query: SlowestQuery): Promise<TracedRecord[]>
  getTrace(query: { traceId: string; limit: number }): Promise<TraceRecords>
  /** Durations in bars of equal width on a logarithmic scale, without gaps. */
  getLatency(filter: RecordFilter): Promise<LatencyBar[]>
  /** Of the latest 1000 calls, and of the latest 300 that did not succeed. */
  getRecentSummary(filter: RecordFilter): Promise<RecentSummary>
  /** Categories with calls, the most used first. */
  getCategoryCalls(filter: RecordFilter): Promise<CategoryCalls[]>
  /** The calls of groups, in one answer. Categories without calls are left out. */
  getGroups(query: GroupsQuery): Promise<GroupFigures[]>
  /** Numbers of calls of some features in equal parts of a time, earliest first; of more than three hours exact to an hour or a day. */
  getActivity(query: ActivityQuery): Promise<number[][]>
  /** Cheap enough to be asked several times a second. */
  getNews(query: NewsQuery): Promise<News>
  getStoreStatus(): Promise<StoreStatus>
}
