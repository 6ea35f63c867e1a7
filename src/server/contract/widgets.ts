import type { Category, FilterParams, Status } from './common.js'
import type { Bucket } from './series.js'

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
