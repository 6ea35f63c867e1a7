import { z } from '@hono/zod-openapi'
import { FEATURE_CATEGORIES, FEATURE_STATUSES } from '../../record/index.js'
import type * as contract from '../contract.js'

/*
 * The answers of contract.ts as schemas, for the OpenAPI document. The compiler holds each to its type.
 */

const count = () => z.int().min(0)
const seconds = () => z.number().openapi({ description: 'seconds' })
const percent = () => z.number().min(0).max(100).openapi({ description: 'percent' })
const share = () => z.number().min(0).max(1)
const bytes = () => z.number().openapi({ description: 'bytes' })
const time = () =>
  z.string().openapi({ description: 'UTC text with microseconds', example: '2026-11-24T14:55:00.123456+00:00' })

export const category = z.enum(FEATURE_CATEGORIES).openapi('Category')
export const status = z.enum(FEATURE_STATUSES).openapi('Status')
const bucket = z.enum(['minute', 'hour', 'day']).openapi('Bucket')

export const errorAnswer = z
  .object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }) })
  .openapi('Error')

const outcome = {
  total_calls: count(),
  success_count: count(),
  failure_count: count(),
  partial_count: count(),
  timeout_count: count(),
  success_rate: percent(),
  avg_duration: seconds(),
}

const percentiles = { p50_duration: seconds(), p95_duration: seconds(), p99_duration: seconds() }

export const totals = z
  .object({
    ...outcome,
    min_duration: seconds(),
    max_duration: seconds(),
    ...percentiles,
    avg_efficiency: share(),
    avg_input_size: bytes(),
    avg_output_size: bytes(),
    avg_iterations: z.number(),
    users: count(),
    first_call: time().nullable(),
    last_call: time().nullable(),
  })
  .openapi('Totals') satisfies z.ZodType<contract.Totals>

export const stats = totals
  .extend({ previous: totals.nullable() })
  .openapi('Stats') satisfies z.ZodType<contract.StatsResponse>

const seriesPoint = z
  .object({
    start: time(),
    ...outcome,
    ...percentiles,
    avg_efficiency: share(),
    avg_input_size: bytes(),
    avg_output_size: bytes(),
    users: count(),
  })
  .openapi('SeriesPoint') satisfies z.ZodType<contract.SeriesPoint>

export const series = z
  .object({ bucket, tz: z.string(), points: z.array(seriesPoint) })
  .openapi('Series') satisfies z.ZodType<contract.SeriesResponse>

const labelled = z
  .object({ labels: z.array(z.string()), data: z.array(count()) })
  .openapi('LabelledCounts') satisfies z.ZodType<contract.LabelledCounts>

export const chartData = z
  .object({ categories: labelled, top_features: labelled, series })
  .openapi('ChartData') satisfies z.ZodType<contract.ChartDataResponse>

const recentFields = {
  feature_name: z.string(),
  category,
  status,
  duration: seconds(),
  efficiency_score: share().nullable(),
  start_time: time(),
  user_id: z.string().nullable(),
  record_id: z.string(),
  trace_id: z.string().nullable(),
}

const recentCall = z.object(recentFields).openapi('RecentCall') satisfies z.ZodType<contract.RecentCall>

export const recentCalls = z.array(recentCall) satisfies z.ZodType<contract.RecentCall[]>

const recentFeatureCall = z
  .object({ ...recentFields, error_message: z.string().nullable() })
  .openapi('RecentFeatureCall') satisfies z.ZodType<contract.RecentFeatureCall>

export const callRecord = z
  .object({
    ...recentFields,
    end_time: time(),
    input_size: bytes(),
    output_size: bytes(),
    metadata: z.record(z.string(), z.unknown()),
    session_id: z.string(),
    error_message: z.string().nullable(),
    iterations: z.number(),
    span_id: z.string().nullable(),
    parent_span_id: z.string().nullable(),
  })
  .openapi('CallRecord') satisfies z.ZodType<contract.CallRecord>

export const recordPage = z
  .object({ items: z.array(callRecord), next_cursor: z.string().nullable() })
  .openapi('RecordPage') satisfies z.ZodType<contract.RecordPage>

export const record = callRecord
  .extend({ trace_records: count() })
  .openapi('Record') satisfies z.ZodType<contract.RecordResponse>

export const trace = z
  .object({
    trace_id: z.string(),
    start_time: time(),
    duration: seconds(),
    records: z.array(
      callRecord
        .extend({ parent_record_id: z.string().nullable(), depth: count(), offset: seconds() })
        .openapi('TraceRecord'),
    ),
    truncated: z.boolean(),
  })
  .openapi('Trace') satisfies z.ZodType<contract.TraceResponse>

export const featureItem = z
  .object({
    feature_name: z.string(),
    category,
    total_calls: count(),
    success_count: count(),
    success_rate: percent(),
    avg_duration: seconds(),
    ...percentiles,
    avg_efficiency: share(),
    users: count(),
    last_call: time().nullable(),
    sparkline: z.array(count()),
  })
  .openapi('FeatureItem') satisfies z.ZodType<contract.FeatureItem>

export const featureList = z
  .object({ items: z.array(featureItem), next_cursor: z.null() })
  .openapi('FeatureList') satisfies z.ZodType<contract.FeatureListResponse>

const errorGroup = z
  .object({
    fingerprint: z.string(),
    pattern: z.string(),
    status,
    count: count(),
    users: count(),
    first_seen: time(),
    last_seen: time(),
    example: z.string(),
    example_record_id: z.string(),
  })
  .openapi('ErrorGroup') satisfies z.ZodType<contract.ErrorGroup>

const sizeSummary = z
  .object({ avg: bytes(), p50: bytes(), p95: bytes(), max: bytes() })
  .openapi('SizeSummary') satisfies z.ZodType<contract.SizeSummary>

export const feature = z
  .object({
    feature_name: z.string(),
    categories: z.array(category),
    stats,
    recent_calls: z.array(recentFeatureCall),
    histogram: z.array(z.object({ from: seconds(), to: seconds(), count: count() }).openapi('HistogramBar')),
    series,
    efficiency: z
      .object({ duration: share(), output: share(), iterations: share(), score: share(), based_on_calls: count() })
      .openapi('EfficiencyFactors'),
    errors: z.object({ groups: z.array(errorGroup), based_on_calls: count() }),
    sizes: z.object({ input: sizeSummary, output: sizeSummary, based_on_calls: count() }),
    users: z.object({
      items: z.array(
        z.object({ user_id: z.string(), calls: count(), failures: count(), last_call: time() }).openapi('UserSummary'),
      ),
      based_on_calls: count(),
    }),
    slowest: z.array(recentFeatureCall),
    failed: z.array(recentFeatureCall),
  })
  .openapi('Feature') satisfies z.ZodType<contract.FeatureResponse>

export const health = z
  .object({
    status: z.enum(['ok', 'degraded', 'down']),
    problems: z.array(z.string()),
    version: z.string(),
    database: z.object({
      path: z.string(),
      exists: z.boolean(),
      size: bytes(),
      wal_size: bytes(),
      records: count().nullable(),
      first_call: time().nullable(),
      last_call: time().nullable(),
      schema_version: count().nullable(),
      latest_schema_version: count().nullable(),
      error: z.string().nullable(),
    }),
    rollups: z.object({ covered_calls: count(), rows_to_go: count(), rebuilding: z.boolean() }).nullable(),
    spool: z.object({ files: count(), size: bytes() }),
    tracker: z
      .object({
        events: z.record(z.string(), count()),
        waiting_records: count(),
        stored: count(),
        dropped: z.record(z.string(), count()),
        spooled_records: count(),
        recovered_records: count(),
        lost_records: count(),
        longest_lock_wait: z.number(),
      })
      .nullable(),
    settings: z.array(
      z.object({
        name: z.string(),
        variable: z.string(),
        value: z.string(),
        origin: z.enum(['argument', 'environment', 'default']),
      }),
    ),
    live_clients: count(),
  })
  .openapi('Health') satisfies z.ZodType<contract.HealthResponse>
