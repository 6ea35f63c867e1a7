import type { FilterParams } from './common.js'

export type Bucket = 'minute' | 'hour' | 'day'

export interface SeriesParams extends FilterParams {
  /** Default: `minute` for up to three hours, `hour` for up to three days, otherwise `day`. */
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
