import { z } from '@hono/zod-openapi'
import type { FeatureStoreReader, RecordFilter, SeriesBucket } from '../../store/index.js'
import type { SeriesResponse, StatsResponse } from '../contract.js'
import { recentCall, seriesPoint, totals } from '../figures.js'
import { endpoint } from './endpoint.js'
import { bucketParameter, filterOf, filterParameters, timeZoneParameter, wholeNumber } from './parameters.js'
import { periodBefore, seriesQuery } from './periods.js'
import * as schemas from './schemas.js'

export const stats = endpoint({
  path: '/api/stats',
  summary: 'What all calls come to, and those of the period before.',
  input: z.object(filterParameters),
  answer: schemas.stats,
  handle: ({ store }, input) => statsOf(store, filterOf(input)),
})

export const series = endpoint({
  path: '/api/series',
  summary: 'Calls by hour or day.',
  input: z.object({ ...filterParameters, bucket: bucketParameter, tz: timeZoneParameter }),
  answer: schemas.series,
  handle: ({ store }, input) => seriesOf(store, filterOf(input), input),
})

export const chartData = endpoint({
  path: '/api/chart-data',
  summary: 'Calls by category, the most used features, and calls by hour or day.',
  input: z.object({
    ...filterParameters,
    bucket: bucketParameter,
    tz: timeZoneParameter,
    limit: wholeNumber(1, 1000, 10, 'so many features'),
  }),
  answer: schemas.chartData,
  handle: async ({ store }, input) => {
    const asked = filterOf(input)
    const [categories, topFeatures, points] = await Promise.all([
      store.getCategoryCalls(asked),
      store.getTopFeatures({ ...asked, limit: input.limit }),
      seriesOf(store, asked, input),
    ])
    return {
      categories: {
        labels: categories.map(({ category }) => category),
        data: categories.map(({ calls }) => calls),
      },
      top_features: {
        labels: topFeatures.map(({ featureName }) => featureName),
        data: topFeatures.map(({ usageCount }) => usageCount),
      },
      series: points,
    }
  },
})

export const recentCalls = endpoint({
  path: '/api/recent-calls',
  summary: 'The latest calls.',
  input: z.object({ ...filterParameters, limit: wholeNumber(1, 1000, 20, 'so many calls') }),
  answer: schemas.recentCalls,
  handle: async ({ store }, input) => {
    const { records } = await store.getRecordPage({ ...filterOf(input), limit: input.limit })
    return records.map(recentCall)
  },
})

export async function statsOf(store: FeatureStoreReader, filter: RecordFilter): Promise<StatsResponse> {
  const before = periodBefore(filter)
  const [current, previous] = await Promise.all([
    store.getUsageStats(filter),
    before === undefined ? undefined : store.getUsageStats(before),
  ])
  return { ...totals(current), previous: previous === undefined ? null : totals(previous) }
}

export async function seriesOf(
  store: FeatureStoreReader,
  filter: RecordFilter,
  given: { bucket?: SeriesBucket | undefined; tz?: string | undefined },
): Promise<SeriesResponse> {
  const query = seriesQuery(filter, given)
  const points = await store.getSeries(query)
  return { bucket: query.bucket, tz: given.tz ?? 'UTC', points: points.map(seriesPoint) }
}
