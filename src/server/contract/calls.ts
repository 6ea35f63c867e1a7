import type { Category, Status } from './common.js'

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
