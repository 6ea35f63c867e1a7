import { z } from '@hono/zod-openapi'
import type { FeatureStoreExplorer, FeatureSummary, RecordFilter } from '../../store/index.js'
import type { Bucket, FeatureResponse } from '../contract.js'
import { ApiError } from '../errors.js'
import { featureItem, recentFeatureCall, recentFigures } from '../figures.js'
import { endpoint } from './endpoint.js'
import { seriesOf, statsOf } from './overview.js'
import {
  bucketParameter,
  categoryParameter,
  filterOf,
  filterParameters,
  oneOf,
  periodParameters,
  textParameter,
  timeZoneParameter,
  wholeNumber,
} from './parameters.js'
import * as schemas from './schemas.js'

/** A search looks at so many of the most used features. */
const SEARCHED = 1000

/** Features that get a sparkline, and its points. */
const SPARKLINES = 100
const SPARKLINE_PARTS = 24

const RECENT_CALLS = 20
const LISTED_CALLS = 10

export const features = endpoint({
  path: '/api/features',
  summary: 'The most used features.',
  input: z.object({
    ...filterParameters,
    search: textParameter('part of a name; looks at the 1000 most used'),
    sparkline: oneOf(['true', 'false'], 'whether the first 100 have one'),
    tz: timeZoneParameter,
    limit: wholeNumber(1, 1000, 100, 'so many features'),
  }),
  answer: schemas.featureList,
  handle: async ({ store }, input) => {
    const asked = filterOf(input)
    const found = await store.getTopFeatures({ ...asked, limit: input.search === undefined ? input.limit : SEARCHED })
    const wanted = input.search?.toLowerCase()
    const listed = found
      .filter(({ featureName }) => wanted === undefined || featureName.toLowerCase().includes(wanted))
      .slice(0, input.limit)
    const sparklines = input.sparkline === 'true' ? await sparklinesOf(store, listed, asked) : []
    return { items: listed.map((feature, index) => featureItem(feature, sparklines[index] ?? [])), next_cursor: null }
  },
})

function sparklinesOf(
  store: FeatureStoreExplorer,
  listed: readonly FeatureSummary[],
  { since, until }: RecordFilter,
): Promise<number[][]> {
  const asked = listed
    .slice(0, SPARKLINES)
    .map(({ featureName, category: under }) => ({ featureName, category: under }))
  return store.getActivity({ features: asked, since, until, parts: SPARKLINE_PARTS })
}

const details = { category: categoryParameter, ...periodParameters, bucket: bucketParameter, tz: timeZoneParameter }

const required = z
  .string({ error: 'the name of a feature' })
  .min(1)
  .openapi({ description: 'any name, percent-encoded; slashes may stay' })

export const feature = endpoint({
  path: '/api/feature/{feature_name}',
  summary: 'One feature in figures.',
  input: z.object({ feature_name: required, ...details }),
  inPath: ['feature_name'],
  answer: schemas.feature,
  errors: ['unknown_feature'],
  handle: ({ store }, input) => featureOf(store, input),
})

export const featureByName = endpoint({
  path: '/api/feature',
  summary: 'The same, for names that no path can hold, such as "..".',
  input: z.object({ feature_name: required, ...details }),
  answer: schemas.feature,
  errors: ['unknown_feature'],
  handle: ({ store }, input) => featureOf(store, input),
})

interface FeatureInput extends Omit<Parameters<typeof filterOf>[0], 'feature'> {
  readonly feature_name: string
  readonly bucket?: Bucket | undefined
  readonly tz?: string | undefined
}

async function featureOf(store: FeatureStoreExplorer, input: FeatureInput): Promise<FeatureResponse> {
  const name = input.feature_name
  const filter = { ...filterOf(input), featureName: name }
  // The one that takes longest begins first: where two are answered at a time, the others are done meanwhile.
  const [summary, known, stats, series, histogram, slowest] = await Promise.all([
    store.getRecentSummary(filter),
    store.getTopFeatures({ featureName: name, limit: schemas.category.options.length }),
    statsOf(store, filter),
    seriesOf(store, filter, input),
    store.getLatency(filter),
    store.getSlowest({ ...filter, limit: LISTED_CALLS }),
  ])
  if (known.length === 0)
    throw new ApiError(
      'unknown_feature',
      `there is no feature ${JSON.stringify(name.slice(0, 200))}`,
      'api/features lists those that there are; names are told apart by case',
    )
  return {
    feature_name: name,
    categories: known.map((found) => found.category),
    stats,
    recent_calls: summary.latest.slice(0, RECENT_CALLS).map(recentFeatureCall),
    histogram,
    series,
    ...recentFigures(summary),
    slowest: slowest.map(recentFeatureCall),
    failed: summary.latestErrors.slice(0, LISTED_CALLS).map(recentFeatureCall),
  }
}
