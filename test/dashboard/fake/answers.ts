import type {
  Bucket,
  CallRecord,
  FeatureItem,
  FeatureResponse,
  LabelledCounts,
  Measure,
  QueryResponse,
  SeriesResponse,
  StatsResponse,
  Totals,
  TraceRecord,
  TraceResponse,
} from '../../../src/server/contract.js'
import { NOW, timeText } from './records.js'

/** What the contract's endpoints would answer, computed the plain way from records, which are latest first. */

export type Query = URLSearchParams

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const HOUR = 3_600_000
const DAY = 86_400_000

function moment(text: string | null): number | null {
  if (text === null) return null
  const ago = /^(\d+)([mhdw])$/.exec(text)
  return ago === null ? Date.parse(text) : NOW - Number(ago[1]) * (UNITS[ago[2] as string] as number)
}

const at = (record: CallRecord): number => Date.parse(record.start_time)

export function filtered(records: readonly CallRecord[], query: Query): CallRecord[] {
  const [since, until] = [moment(query.get('since')), moment(query.get('until'))]
  const is = (name: string, value: string | null): boolean => query.get(name) === null || query.get(name) === value
  const least = Number(query.get('min_duration') ?? 0)
  const most = Number(query.get('max_duration') ?? Infinity)
  const error = query.get('error')?.toLowerCase() ?? ''
  return records.filter(
    (record) =>
      is('feature', record.feature_name) &&
      is('feature_name', record.feature_name) &&
      is('category', record.category) &&
      is('status', record.status) &&
      is('user', record.user_id) &&
      is('session', record.session_id) &&
      is('trace', record.trace_id) &&
      (since === null || at(record) >= since) &&
      (until === null || at(record) < until) &&
      record.duration >= least &&
      record.duration < most &&
      (record.error_message ?? '').toLowerCase().includes(error),
  )
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

export function totals(records: readonly CallRecord[]): Totals {
  const durations = records.map(({ duration }) => duration)
  const count = (status: string): number => records.filter((record) => record.status === status).length
  return {
    total_calls: records.length,
    success_count: count('success'),
    failure_count: count('failed'),
    partial_count: count('partial'),
    timeout_count: count('timeout'),
    success_rate: records.length === 0 ? 0 : (100 * count('success')) / records.length,
    avg_duration: mean(durations),
    min_duration: quantile(durations, 0),
    max_duration: quantile(durations, 1),
    p50_duration: quantile(durations, 0.5),
    p95_duration: quantile(durations, 0.95),
    p99_duration: quantile(durations, 0.99),
    avg_efficiency: mean(records.map((record) => record.efficiency_score ?? 0)),
    avg_input_size: mean(records.map((record) => record.input_size)),
    avg_output_size: mean(records.map((record) => record.output_size)),
    avg_iterations: mean(records.map((record) => record.iterations)),
    users: new Set(records.map((record) => record.user_id).filter((user) => user !== null)).size,
    first_call: records.at(-1)?.start_time ?? null,
    last_call: records[0]?.start_time ?? null,
  }
}

export function stats(all: readonly CallRecord[], query: Query): StatsResponse {
  const since = moment(query.get('since'))
  if (since === null) return { ...totals(filtered(all, query)), previous: null }
  const before = new URLSearchParams(query)
  const end = moment(query.get('until')) ?? NOW
  before.set('since', new Date(since - (end - since)).toISOString())
  before.set('until', new Date(since).toISOString())
  return { ...totals(filtered(all, query)), previous: totals(filtered(all, before)) }
}

export function series(all: readonly CallRecord[], query: Query): SeriesResponse {
  const records = filtered(all, query)
  const end = moment(query.get('until')) ?? NOW
  const begin = moment(query.get('since')) ?? at(records.at(-1) ?? (all[0] as CallRecord))
  const bucket = (query.get('bucket') as Bucket | null) ?? bucketFor((end - begin) / HOUR)
  const step = { minute: HOUR / 60, hour: HOUR, day: DAY }[bucket]
  const points = []
  for (let start = Math.floor(begin / step) * step; start < end; start += step) {
    const inside = records.filter((record) => at(record) >= start && at(record) < start + step)
    points.push({ start: timeText(start), ...totals(inside) })
  }
  return { bucket, tz: query.get('tz') ?? 'UTC', points }
}

function bucketFor(hours: number): Bucket {
  if (hours <= 3) return 'minute'
  return hours <= 72 ? 'hour' : 'day'
}

function groupBy(records: readonly CallRecord[], key: (record: CallRecord) => string): Map<string, CallRecord[]> {
  const found = new Map<string, CallRecord[]>()
  for (const record of records) found.set(key(record), [...(found.get(key(record)) ?? []), record])
  return found
}

function groups(records: readonly CallRecord[], key: (record: CallRecord) => string): [string, CallRecord[]][] {
  return [...groupBy(records, key)].toSorted((a, b) => b[1].length - a[1].length)
}

export function counts(records: readonly CallRecord[], key: (record: CallRecord) => string): LabelledCounts {
  const found = groups(records, key)
  return { labels: found.map(([name]) => name), data: found.map(([, calls]) => calls.length) }
}

export function features(all: readonly CallRecord[], query: Query): FeatureItem[] {
  const search = query.get('search')?.toLowerCase() ?? ''
  const found = groups(filtered(all, query), (record) => record.feature_name)
  return found
    .filter(([name]) => name.toLowerCase().includes(search))
    .slice(0, Number(query.get('limit') ?? 100))
    .map(([name, calls]) =>
      Object.assign(totals(calls), {
        feature_name: name,
        category: (calls[0] as CallRecord).category,
        sparkline: Array.from(
          { length: 24 },
          (_, part) => calls.filter((call) => 23 - Math.floor((NOW - at(call)) / HOUR) === part).length,
        ),
      }),
    )
}

export function feature(all: readonly CallRecord[], query: Query): FeatureResponse {
  const calls = filtered(all, query)
  const failed = calls.filter(({ status }) => status !== 'success')
  const users = groups(
    calls.filter((call) => call.user_id !== null),
    (call) => call.user_id as string,
  )
  const size = (values: number[]) => ({
    avg: mean(values),
    p50: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    max: quantile(values, 1),
  })
  const low = Math.floor(
    Math.log2(
      Math.max(
        1e-6,
        quantile(
          calls.map((call) => call.duration),
          0,
        ),
      ),
    ) * 2,
  )
  const high = Math.ceil(
    Math.log2(
      Math.max(
        1e-6,
        quantile(
          calls.map((call) => call.duration),
          1,
        ),
      ),
    ) * 2,
  )
  return {
    feature_name: query.get('feature_name') as string,
    categories: [...new Set(calls.map((call) => call.category))],
    stats: stats(all, query),
    recent_calls: calls.slice(0, 20),
    histogram: Array.from({ length: high - low + 1 }, (_, index) => {
      const [from, to] = [2 ** ((low + index) / 2), 2 ** ((low + index + 1) / 2)]
      return { from, to, count: calls.filter((call) => call.duration >= from && call.duration < to).length }
    }),
    series: series(all, query),
    efficiency: { duration: 0.97, output: 0.82, iterations: 0.6, score: 0.84, based_on_calls: calls.length },
    errors: {
      based_on_calls: failed.length,
      groups: groups(failed, (call) => `${call.status}: ${call.error_message?.replaceAll(/\d+/g, '…')}`).map(
        ([pattern, group]) => ({
          fingerprint: Buffer.from(pattern).toString('hex').padEnd(16, '0').slice(0, 16),
          pattern,
          status: (group[0] as CallRecord).status,
          count: group.length,
          users: totals(group).users,
          first_seen: (group.at(-1) as CallRecord).start_time,
          last_seen: (group[0] as CallRecord).start_time,
          example: (group[0] as CallRecord).error_message ?? '',
          example_record_id: (group[0] as CallRecord).record_id,
        }),
      ),
    },
    sizes: {
      input: size(calls.map((call) => call.input_size)),
      output: size(calls.map((call) => call.output_size)),
      based_on_calls: calls.length,
    },
    users: {
      items: users.slice(0, 50).map(([user, group]) => ({
        user_id: user,
        calls: group.length,
        failures: group.filter(({ status }) => status !== 'success').length,
        last_call: (group[0] as CallRecord).start_time,
      })),
      based_on_calls: calls.length,
    },
    slowest: calls.toSorted((a, b) => b.duration - a.duration).slice(0, 10),
    failed: failed.slice(0, 10),
  }
}

export function trace(all: readonly CallRecord[], id: string): TraceResponse | null {
  const own = all.filter((record) => record.trace_id === id).toReversed()
  if (own.length === 0) return null
  const begin = Math.min(...own.map(at))
  const records: TraceRecord[] = []
  const add = (parent: TraceRecord | null, spanId: string | null): void => {
    for (const record of own.filter((call) => call.parent_span_id === spanId)) {
      const placed = {
        ...record,
        parent_record_id: parent?.record_id ?? null,
        depth: parent === null ? 0 : parent.depth + 1,
        offset: (at(record) - begin) / 1000,
      }
      records.push(placed)
      if (record.span_id !== null) add(placed, record.span_id)
    }
  }
  add(null, null)
  const duration = Math.max(...records.map((record) => record.offset + record.duration))
  return { trace_id: id, start_time: timeText(begin), duration, records, truncated: false }
}

const KEYS: Readonly<Record<string, (record: CallRecord) => string>> = {
  feature: (record) => record.feature_name,
  category: (record) => record.category,
  status: (record) => record.status,
}

export function figures(all: readonly CallRecord[], asked: Query): QueryResponse {
  const measure = asked.get('measure') as Measure
  const bucket = asked.get('bucket') as Bucket | null
  const key = KEYS[asked.get('group_by') ?? ''] ?? (() => '')
  const found = groups(filtered(all, asked), key).slice(0, Number(asked.get('limit') ?? 10))
  const overTime = bucket === null ? [] : found.map(([, calls]) => series(calls, asked).points)
  return {
    measure,
    bucket,
    starts: overTime[0]?.map(({ start }) => start) ?? [],
    groups: found.map(([label, calls], index) => ({
      label,
      category: asked.get('group_by') === 'feature' ? (calls[0] as CallRecord).category : null,
      value: totals(calls)[measure],
      values: overTime[index]?.map((point) => point[measure as 'total_calls']) ?? [],
    })),
  }
}
