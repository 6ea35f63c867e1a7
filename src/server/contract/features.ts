import type { Category, Status } from './common.js'
import type { SeriesResponse, StatsResponse } from './series.js'
import type { RecentFeatureCall } from './calls.js'

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
  /** Most first, of the latest 300 calls that did not succeed. */
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
