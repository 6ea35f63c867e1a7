import type { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import type { Answer } from './questions.js'

/*
 * Questions that a version at hand may not know yet, asked where it does.
 */

interface SeriesPoint {
  readonly start: string
  readonly calls: number
  readonly failed: number
  readonly avgDuration: number
}

interface LaterReader {
  getSeries?(query: { since: number; until: number; step: 'hour' }): Promise<readonly SeriesPoint[]>
}

/** Calls, failures and mean duration of each hour; hours without calls are left out, as SQL leaves them out. */
export function seriesOf(store: FeatureTrackerDB, since: number, until: number): Promise<Answer> | undefined {
  const points = (store as LaterReader).getSeries?.({ since, until, step: 'hour' })
  return points?.then((all) =>
    all
      .filter(({ calls }) => calls > 0)
      .map(({ start, calls, failed, avgDuration }) => [start.slice(0, 13), calls, failed, avgDuration]),
  )
}

/** From the list of features where it has percentiles, else feature by feature. */
export async function p95OfFeatures(store: FeatureTrackerDB, names: readonly string[]): Promise<Answer> {
  const features = (await store.getTopFeatures({ limit: 1000 })) as { featureName: string; p95Duration?: number }[]
  if (features[0]?.p95Duration !== undefined)
    return features.map(({ featureName, p95Duration }) => [featureName, p95Duration]).toSorted(byName)
  const answers = await Promise.all(
    names.map(async (featureName) => [featureName, (await store.getUsageStats({ featureName })).p95Duration] as const),
  )
  return answers.toSorted(byName)
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1
}
