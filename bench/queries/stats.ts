import type { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import type { Answer } from './questions.js'

/** Calls, failures and mean duration of each hour; hours without calls are left out, as SQL leaves them out. */
export async function seriesOf(store: FeatureTrackerDB, since: number, until: number): Promise<Answer> {
  const points = await store.getSeries({ since, until, bucket: 'hour' })
  return points
    .filter(({ totalCalls }) => totalCalls > 0)
    .map(({ start, totalCalls, failureCount, avgDuration }) => [
      start.slice(0, 13),
      totalCalls,
      failureCount,
      avgDuration,
    ])
}

export async function p95OfFeatures(store: FeatureTrackerDB): Promise<Answer> {
  const features = await store.getTopFeatures({ limit: 1000 })
  return features.map(({ featureName, p95Duration }) => [featureName, p95Duration]).toSorted(byName)
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1
}
