import { z } from '@hono/zod-openapi'
import type { FeatureCategory } from '../../record/index.js'
import type { FigureName, GroupFigures } from '../../store/index.js'
import type { Measure, QueryResponse } from '../contract.js'
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
    const { measure: wanted, bucket = null, tz, limit } = input
    const filter = filterOf(input)
    const groups = await store.getGroups({
      ...filter,
      by: input.group_by,
      figure: FIGURES[wanted],
      limit,
      series: bucket === null ? undefined : seriesQuery(filter, { bucket, tz }),
    })
    const starts = [...new Set(groups.flatMap(({ series }) => series.map(({ start }) => start)))].toSorted()
    return { measure: wanted, bucket, starts, groups: groups.map((found) => line(wanted, found, starts)) }
  },
})

function line(
  wanted: Measure,
  { group, stats, series }: GroupFigures,
  starts: readonly string[],
): QueryResponse['groups'][number] {
  const figure = FIGURES[wanted]
  const known = new Map(series.map((point) => [point.start, point]))
  // Of no calls a number is 0, and an average or a share is none.
  const ofNoCalls = isCount(wanted) ? 0 : null
  const values = starts.map((start) => {
    const point = known.get(start)
    return point === undefined || point.totalCalls === 0 ? ofNoCalls : point[figure]
  })
  return { label: labelOf(group), category: categoryOf(group), value: stats[figure], values }
}

/** What tells a group from the others. */
function labelOf({ featureName, category, status }: GroupFigures['group']): string {
  return featureName ?? category ?? status ?? ''
}

/** A feature of one name may be in several categories. */
function categoryOf({ featureName, category }: GroupFigures['group']): FeatureCategory | null {
  return featureName === undefined ? null : (category ?? null)
}

function isCount(wanted: Measure): boolean {
  return wanted.endsWith('_count') || wanted === 'total_calls' || wanted === 'users'
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
} as const satisfies Record<Measure, FigureName>
