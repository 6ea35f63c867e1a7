import { z } from '@hono/zod-openapi'
import { FEATURE_CATEGORIES, FEATURE_STATUSES, type FeatureCategory } from '../../record/index.js'
import type { FeatureStoreReader, RecordFilter, SeriesPoint, UsageStats } from '../../store/index.js'
import type { Bucket, Measure, QueryResponse } from '../contract.js'
import { endpoint } from './endpoint.js'
import {
  bucketParameter,
  filterOf,
  filterParameters,
  oneOf,
  parameter,
  timeZoneParameter,
  wholeNumber,
} from './parameters.js'
import { seriesQuery } from './periods.js'
import { GROUPS, MEASURES, queryAnswer } from './widget-schemas.js'

const measure = parameter<Measure>(
  (text) => MEASURES.find((known) => known === text),
  `one of ${MEASURES.join(', ')}`,
  {
    description: 'what is asked for',
    enum: [...MEASURES],
  },
)
  .unwrap()
  .openapi({ type: 'string' })

export const query = endpoint({
  path: '/api/query',
  summary: 'The figures of a widget: a measure, by group and by hour or day.',
  input: z.object({
    ...filterParameters,
    measure,
    group_by: oneOf(GROUPS, 'one line for each'),
    bucket: bucketParameter,
    tz: timeZoneParameter,
    limit: wholeNumber(1, 20, 10, 'so many groups, the largest first'),
  }),
  answer: queryAnswer,
  handle: async ({ store }, input): Promise<QueryResponse> => {
    const groups = await groupsOf(store, filterOf(input), input.group_by, input.measure)
    const largest = groups.toSorted((a, b) => b.value - a.value).slice(0, input.limit)
    if (input.bucket === undefined)
      return { measure: input.measure, bucket: null, starts: [], groups: largest.map((group) => shown(group, [])) }
    const { bucket: by, tz } = input
    const series = await Promise.all(
      largest.map((group) =>
        store.getSeries({ ...seriesQuery(group.filter, { bucket: by, tz }), countUsers: input.measure === 'users' }),
      ),
    )
    return bucketed(input.measure, by, largest, series)
  },
})

interface Group {
  readonly label: string
  readonly category: FeatureCategory | null
  readonly filter: RecordFilter
  readonly value: number
}

async function groupsOf(
  store: FeatureStoreReader,
  asked: RecordFilter,
  by: (typeof GROUPS)[number] | undefined,
  wanted: Measure,
): Promise<Group[]> {
  const group = async (label: string, also: RecordFilter): Promise<Group> => {
    const filtered = { ...asked, ...also }
    return {
      label,
      category: null,
      filter: filtered,
      value: of(wanted, await store.getUsageStats({ ...filtered, countUsers: wanted === 'users' })),
    }
  }
  const allowed = <T>(all: readonly T[], only: T | undefined): readonly T[] => (only === undefined ? all : [only])
  if (by === undefined) return [await group('', {})]
  if (by === 'category') {
    const groups = allowed(FEATURE_CATEGORIES, asked.category).map((category) => group(category, { category }))
    return (await Promise.all(groups)).filter(({ value }) => value !== 0)
  }
  if (by === 'status')
    return Promise.all(allowed(FEATURE_STATUSES, asked.status).map((status) => group(status, { status })))
  // By another measure than calls the largest is among the most used ones that are looked at.
  const found = await store.getTopFeatures({ ...asked, limit: MAX_FEATURES })
  return Promise.all(
    found.map(async ({ featureName, category }) =>
      Object.assign(await group(featureName, { featureName, category }), { category }),
    ),
  )
}

const MAX_FEATURES = 20

function bucketed(
  wanted: Measure,
  by: Bucket,
  groups: readonly Group[],
  series: readonly (readonly SeriesPoint[])[],
): QueryResponse {
  const starts = [...new Set(series.flatMap((points) => points.map(({ start }) => start)))].toSorted()
  const values = series.map((points) => {
    const known = new Map(points.map((point) => [point.start, point]))
    return starts.map((start) => {
      const point = known.get(start)
      if (isCount(wanted)) return point === undefined ? 0 : of(wanted, point)
      return point === undefined || point.totalCalls === 0 ? null : of(wanted, point)
    })
  })
  return {
    measure: wanted,
    bucket: by,
    starts,
    groups: groups.map((group, index) => shown(group, values[index] ?? [])),
  }
}

function shown({ label, category, value }: Group, values: (number | null)[]): QueryResponse['groups'][number] {
  return { label, category, value, values }
}

function isCount(wanted: Measure): boolean {
  return wanted.endsWith('_count') || wanted === 'total_calls' || wanted === 'users'
}

function of(wanted: Measure, figures: UsageStats | SeriesPoint): number {
  return figures[FIGURES[wanted]]
}

const FIGURES = {
  total_calls: 'totalCalls',
  success_count: 'successCount',
  failure_count: 'failureCount',
  partial_count: 'partialCount',
  timeout_count: 'timeoutCount',
  success_rate: 'successRate',
  avg_duration: 'avgDuration',
  p50_duration: 'p50Duration',
  p95_duration: 'p95Duration',
  p99_duration: 'p99Duration',
  avg_efficiency: 'avgEfficiency',
  users: 'users',
} as const satisfies Record<Measure, keyof UsageStats & keyof SeriesPoint>
