/*
 * What the HTTP API takes and gives, as types without code: all that a page may know of the server.
 *
 * - All paths are relative to where the application is mounted (`./api/stats`), so a page works behind any prefix. The
 *   page's files are those of the folder `dist/dashboard` of this package: `index.html` is served at the mount point
 *   itself (`/x/y/`), hashed assets below `assets/`. Only these paths are files, so a page keeps its place in the fragment
 *   or in the query (`#/feature?name=a`), never in the path.
 * - Content-Security-Policy: `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;
 *   connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`. No inline script or
 *   style; styles set through `element.style` are allowed.
 * - Success is the thing itself, in snake_case; a list that has pages is `{items, next_cursor}`. `api/recent-calls` is a
 *   bare array, as the original has it. Any other status than 2xx and 304 has an `ErrorResponse`.
 * - Times are UTC text with microseconds, `2026-11-24T14:55:00.123456+00:00`. Durations are in seconds, sizes in bytes,
 *   rates in percent, efficiency 0 to 1. Of no calls, numbers are 0 and times null.
 * - JSON answers have an ETag, which the browser's cache asks for by itself; equal questions at the same time cost one.
 * - With a token set, the page's files are public and the API answers 401 `unauthorized` until `POST api/login`.
 */

export type Category =
  | 'ai_provider'
  | 'mcp_server'
  | 'sysmon'
  | 'config_editor'
  | 'agentic_platform'
  | 'web_interface'
  | 'terminal_tool'
  | 'file_operation'
  | 'database_operation'
  | 'other'

export type Status = 'success' | 'failed' | 'partial' | 'timeout'

/**
 * - `bad_request` (400): a parameter or body that cannot be understood; the message names it
 * - `unauthorized` (401): a token is needed: `POST api/login`, or `Authorization: Bearer`
 * - `forbidden_host`, `forbidden_origin` (403): the Host header is not ours; a write that is not from this page
 * - `not_found` (404): no such path; `unknown_feature`, `unknown_record`, `unknown_trace` (404): no such thing
 * - `method_not_allowed` (405), `too_large` (413), `unsupported_media_type` (415)
 * - `conflict` (409): somebody else changed the widgets meanwhile: GET them again
 * - `internal` (500): a fault of the server
 * - `no_database` (503): nothing has been tracked yet; the page may explain it and wait for the live stream
 * - `store_unavailable` (503): locked, damaged, or of a newer version; the message says which
 * - `timeout` (503): the question took longer than 5 s and was ended
 * - `busy` (503): too many questions, or too many live streams, at once
 */
export type ErrorCode =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden_host'
  | 'forbidden_origin'
  | 'not_found'
  | 'unknown_feature'
  | 'unknown_record'
  | 'unknown_trace'
  | 'method_not_allowed'
  | 'too_large'
  | 'unsupported_media_type'
  | 'conflict'
  | 'internal'
  | 'no_database'
  | 'store_unavailable'
  | 'timeout'
  | 'busy'

export interface ErrorResponse {
  error: {
    code: ErrorCode
    /** What is wrong, naming the value. */
    message: string
    /** What to do about it, or null. */
    hint: string | null
  }
}

/** Query parameters that every endpoint about calls takes; conditions hold together. */
export interface FilterParams {
  feature?: string
  category?: Category
  status?: Status
  /** A user id or a pseudonym. */
  user?: string
  /** Started at this time or later: an ISO 8601 time, or how long ago: `30m`, `24h`, `7d`, `4w`. */
  since?: string
  /** Started before this time; written as `since`. */
  until?: string
}

export type Bucket = 'hour' | 'day'

export interface SeriesParams extends FilterParams {
  /** Default: `hour` for up to three days, otherwise `day`. */
  bucket?: Bucket
  /**
   * IANA name of the time zone whose days are counted; default UTC. Sums are kept by hours of UTC, so in a zone that is
   * apart by a part of an hour, the hour in which a day begins belongs to the day before.
   */
  tz?: string
}

/** What some calls come to. */
export interface Totals {
  total_calls: number
  success_count: number
  failure_count: number
  partial_count: number
  timeout_count: number
  /** Percent. */
  success_rate: number
  /** Seconds. */
  avg_duration: number
  min_duration: number
  max_duration: number
  /** Percentiles are within 1 %. */
  p50_duration: number
  p95_duration: number
  p99_duration: number
  avg_efficiency: number
  avg_input_size: number
  avg_output_size: number
  avg_iterations: number
  /** Distinct users. */
  users: number
  first_call: string | null
  last_call: string | null
}

/** `GET api/stats` with `FilterParams`. */
export interface StatsResponse extends Totals {
  /** The same for the period of the same length before; null without `since`. */
  previous: Totals | null
}

/** The calls of one hour or day. */
export interface SeriesPoint {
  /** When the hour or day begins. */
  start: string
  total_calls: number
  success_count: number
  failure_count: number
  partial_count: number
  timeout_count: number
  success_rate: number
  avg_duration: number
  p50_duration: number
  p95_duration: number
  p99_duration: number
  avg_efficiency: number
  avg_input_size: number
  avg_output_size: number
  users: number
}

/** `GET api/series` with `SeriesParams`. */
export interface SeriesResponse {
  bucket: Bucket
  tz: string
  /** Earliest first and without gaps (at most 5000; of a longer time those without calls are left out). */
  points: SeriesPoint[]
}

export interface LabelledCounts {
  labels: string[]
  /** Calls of each label. */
  data: number[]
}

/** `GET api/chart-data` with `SeriesParams` and `limit` (of top features, default 10). */
export interface ChartDataResponse {
  /** Most calls first; categories without calls are left out. */
  categories: LabelledCounts
  top_features: LabelledCounts
  series: SeriesResponse
}

/** An item of `GET api/recent-calls`, with `FilterParams` and `limit` (1 to 1000, default 20); latest first. */
export interface RecentCall {
  feature_name: string
  category: Category
  status: Status
  duration: number
  efficiency_score: number | null
  start_time: string
  user_id: string | null
  record_id: string
  /** 32 hexadecimal digits; null where it is not known, as of calls that the Python original recorded. */
  trace_id: string | null
}

export interface RecentFeatureCall extends RecentCall {
  error_message: string | null
}

/** A whole record. */
export interface CallRecord {
  record_id: string
  feature_name: string
  category: Category
  status: Status
  duration: number
  start_time: string
  end_time: string
  input_size: number
  output_size: number
  metadata: Record<string, unknown>
  user_id: string | null
  session_id: string
  error_message: string | null
  efficiency_score: number | null
  iterations: number
  trace_id: string | null
  /** 16 hexadecimal digits. */
  span_id: string | null
  /** The span that this call was made in; it need not be a recorded one. */
  parent_span_id: string | null
}

/** Calls with durations from `from` on and below `to`, in seconds. */
export interface HistogramBar {
  from: number
  to: number
  count: number
}

/** Errors whose messages differ only in numbers, ids, and quoted text. */
export interface ErrorGroup {
  /** Stable over time; 16 hexadecimal digits. */
  fingerprint: string
  /** The message with its variable parts replaced by `…`. */
  pattern: string
  status: Status
  count: number
  users: number
  first_seen: string
  last_seen: string
  /** The latest message as it is. */
  example: string
  example_record_id: string
}

/** Averages of the three factors of efficiency, 0 to 1: `0.5·duration + 0.3·output + 0.2·iterations`. */
export interface EfficiencyFactors {
  /** `min(1, 10 / duration)` */
  duration: number
  /** `min(1, output_size / 1000)` */
  output: number
  /** `min(1, 1 / iterations)` */
  iterations: number
  /** The mean of the scores that were stored; an explicit score need not follow from the factors. */
  score: number
  /** Calls that this was computed from: the latest, at most 1000. */
  based_on_calls: number
}

export interface SizeSummary {
  avg: number
  p50: number
  p95: number
  max: number
}

export interface UserSummary {
  user_id: string
  calls: number
  failures: number
  last_call: string
}

/**
 * `GET api/feature/{feature_name}` (encodeURIComponent of it) or `GET api/feature?feature_name=`, which takes every name,
 * `.` and `..` too; with `category`, `since`, `until`, `bucket`, `tz`. 404 `unknown_feature` when it was never called; in
 * a period without calls the numbers are 0.
 */
export interface FeatureResponse {
  feature_name: string
  /** Those that it was recorded under. */
  categories: Category[]
  stats: StatsResponse
  /** The latest 20. */
  recent_calls: RecentFeatureCall[]
  /** Ascending; bars without calls between others are there. */
  histogram: HistogramBar[]
  series: SeriesResponse
  efficiency: EfficiencyFactors
  /** Most first, of the latest 1000 calls that did not succeed. */
  errors: { groups: ErrorGroup[]; based_on_calls: number }
  /** Of the latest calls, at most 1000. */
  sizes: { input: SizeSummary; output: SizeSummary; based_on_calls: number }
  /** The number of users is in `stats`; the list is of the latest calls, at most 1000, and has at most 50. */
  users: { items: UserSummary[]; based_on_calls: number }
  /** The ten that took longest. */
  slowest: RecentFeatureCall[]
  /** The latest ten that did not succeed. */
  failed: RecentFeatureCall[]
}

/** A feature under one category. */
export interface FeatureItem {
  feature_name: string
  category: Category
  total_calls: number
  success_count: number
  success_rate: number
  avg_duration: number
  p50_duration: number
  p95_duration: number
  p99_duration: number
  avg_efficiency: number
  users: number
  last_call: string | null
  /** Calls in equal parts of the time, earliest first (empty without `sparkline=true`). */
  sparkline: number[]
}

/**
 * `GET api/features` with `FilterParams`, `search` (part of a name, any case), `limit` (1 to 1000, default 100),
 * `sparkline=true` and `tz`. Most used first; `search` looks at the 1000 most used.
 */
export interface FeatureListResponse {
  items: FeatureItem[]
  /** Always null: there is one page. */
  next_cursor: null
}

/** `GET api/records` and `GET api/records.csv`. */
export interface RecordParams extends FilterParams {
  session?: string
  trace?: string
  /** Seconds; took at least so long. */
  min_duration?: string
  /** Seconds; took less than that. */
  max_duration?: string
  /** Part of the error message, any case. */
  error?: string
  /** `newest` (default) has pages; `slowest` has one. */
  sort?: 'newest' | 'slowest'
  /** 1 to 1000, default 100; for CSV up to 100000, default 10000. */
  limit?: string
  /** The `next_cursor` of the page before. */
  cursor?: string
}

export interface RecordPage {
  items: CallRecord[]
  /** Give it as `cursor` for the next page; null at the end. */
  next_cursor: string | null
}

/** `GET api/records/{record_id}`. */
export interface RecordResponse extends CallRecord {
  /** Records of the same trace, this one included; 0 where the trace is not known. */
  trace_records: number
}

/** A record in its trace. */
export interface TraceRecord extends CallRecord {
  /** The record whose span is the parent; null for a root, and where the parent was not recorded. */
  parent_record_id: string | null
  /** 0 for a root. */
  depth: number
  /** Seconds after the start of the trace's first record. */
  offset: number
}

/** `GET api/traces/{trace_id}`; 404 `unknown_trace`. */
export interface TraceResponse {
  trace_id: string
  start_time: string
  /** Seconds from the first start to the last end. */
  duration: number
  /** Parents before their children, siblings by start; at most 5000. */
  records: TraceRecord[]
  /** Whether there were more. */
  truncated: boolean
}

/*
 * `GET api/live`: server-sent events. Each has an id; EventSource sends the last one when it connects again, and gets what
 * came meanwhile. Comments keep the connection alive.
 *
 * - `hello` (LiveHello): first of all
 * - `calls` (LiveCalls): calls that were stored since the last event
 * - `reset` (LiveReset): what came meanwhile cannot be told: ask for everything anew
 */

export interface LiveHello {
  /** Whether the database is there; `reset` says when it has come. */
  database: boolean
}

export interface LiveCalls {
  /** The latest of them, at most 100, latest stored first. */
  records: CallRecord[]
  /** How many were stored, more than `records` in a burst. */
  count: number
}

export interface LiveReset {
  reason: 'resumed_too_late' | 'database_changed'
}

/** `GET api/health`; it answers without a database too. */
export interface HealthResponse {
  /** `degraded`: records were dropped or wait, or the sums are being rebuilt; `down`: the file cannot be read. */
  status: 'ok' | 'degraded' | 'down'
  /** What is not well, in words; empty when all is. */
  problems: string[]
  version: string
  database: {
    path: string
    exists: boolean
    /** Bytes. */
    size: number
    wal_size: number
    records: number | null
    first_call: string | null
    last_call: string | null
    schema_version: number | null
    latest_schema_version: number | null
    /** Why it cannot be read, or null. */
    error: string | null
  }
  /** Null when the file cannot be read, or has none. */
  rollups: { covered_calls: number; rows_to_go: number; rebuilding: boolean } | null
  /** Files of records that wait beside the database, of all processes. */
  spool: { files: number; size: number }
  /**
   * The tracker of this process. Null in a dashboard of its own, which cannot know what another process dropped: mount the
   * application there to see it.
   */
  tracker: {
    events: Record<string, number>
    waiting_records: number
    stored: number
    dropped: Record<string, number>
    spooled_records: number
    recovered_records: number
    lost_records: number
    /** Milliseconds. */
    longest_lock_wait: number
  } | null
  settings: { name: string; variable: string; value: string; origin: 'argument' | 'environment' | 'default' }[]
  /** Open live streams. */
  live_clients: number
}

export type Measure =
  | 'total_calls'
  | 'success_count'
  | 'failure_count'
  | 'partial_count'
  | 'timeout_count'
  | 'success_rate'
  | 'avg_duration'
  | 'p50_duration'
  | 'p95_duration'
  | 'p99_duration'
  | 'avg_efficiency'
  | 'users'

export type GroupBy = 'feature' | 'category' | 'status'

/** `GET api/query`: the figures of a widget. */
export interface QueryParams extends FilterParams {
  measure: Measure
  group_by?: GroupBy
  /** Absent: one number for each group. */
  bucket?: Bucket
  tz?: string
  /** Groups, largest first: 1 to 20, default 10. */
  limit?: string
}

export interface QueryResponse {
  measure: Measure
  /** `hour`, `day`, or null. */
  bucket: Bucket | null
  /** When each bucket begins; the same for all groups, without gaps; empty without `bucket`. */
  starts: string[]
  groups: {
    /** Name of the feature, category or status; empty without `group_by`. */
    label: string
    /** Of a feature, otherwise null. */
    category: Category | null
    /** The measure over the whole time. */
    value: number
    /** The measure in each bucket; null where there was no call and the measure is no count. */
    values: (number | null)[]
  }[]
}

export type WidgetKind = 'number' | 'line' | 'area' | 'bar' | 'table'

export interface Widget {
  /** Unique in its page; letters, digits, `-` and `_`, at most 64. */
  id: string
  /** At most 200 characters. */
  title: string
  kind: WidgetKind
  measure: Measure
  group_by: GroupBy | null
  bucket: Bucket | null
  /** At most so many groups, 1 to 20. */
  limit: number
  filter: {
    feature?: string
    category?: Category
    status?: Status
    user?: string
  }
  /** How far back: `30m`, `24h`, `7d`, `4w`; null for the page's own time range. */
  range: string | null
  /** Columns of twelve, 1 to 12. */
  width: number
}

export interface WidgetPage {
  /** Unique; letters, digits, `-` and `_`, at most 64. */
  id: string
  title: string
  /** At most 50. */
  widgets: Widget[]
}

/**
 * `GET api/widgets`, which has an ETag, and `PUT api/widgets`, which puts the whole in place and answers with it. A PUT
 * with `If-Match` is refused with 409 `conflict` when somebody else was faster. Stored beside the database, as
 * `<database>.widgets.json`.
 */
export interface WidgetsDocument {
  version: 1
  /** At most 50. */
  pages: WidgetPage[]
}

/** `POST api/login`: sets a cookie; 401 when it is not the token. Answers 204, as `POST api/logout` does. */
export interface LoginRequest {
  token: string
}
