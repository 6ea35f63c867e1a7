import type { FilterParams } from './common.js'
import type { CallRecord } from './calls.js'

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
  /** The latest of them, at most 25, latest stored first. */
  records: CallRecord[]
  /** How many were stored, more than `records` in a burst. */
  count: number
}

export interface LiveReset {
  reason: 'resumed_too_late' | 'database_changed'
}
