import type { FeatureStoreReader, FeatureSummary, RecordFilter, SeriesPoint } from '../store/index.js'
import { NONE } from './output/format.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Without a period, the last days are compared with as many before. */
const DEFAULT_DAYS = 7

/** Bars of a sparkline. */
const BARS = 12

/** Shorter periods are looked at by hours. */
const BY_HOUR = 2 * DAY

/** A span of time in milliseconds, and the one of the same length before it. */
export interface Period {
  readonly since: number
  readonly until: number
  readonly before: number
}

/** @param now milliseconds since 1970 */
export function periodOf({ since, until }: RecordFilter, now: number): Period {
  const end = typeof until === 'number' ? Math.min(until, now + 1) : now + 1
  const isGiven = typeof since === 'number'
  // Of whole hours there are sums.
  const rounded = (time: number): number => (isGiven ? time : Math.floor(time / HOUR) * HOUR)
  const start = rounded(isGiven ? since : end - DEFAULT_DAYS * DAY)
  return { since: start, until: end, before: rounded(start - Math.max(1, end - start)) }
}

export interface Trend {
  /** Calls in the period, and in the one before. */
  readonly calls: number
  readonly before: number
  /** Calls in equal parts of the period, the earliest first. */
  readonly parts: readonly number[]
}

/** How the calls of a feature went in a period. */
export async function trendOf(
  reader: FeatureStoreReader,
  feature: Pick<FeatureSummary, 'featureName' | 'category'>,
  filter: RecordFilter,
  { since, until, before }: Period,
): Promise<Trend> {
  const asked = { ...filter, featureName: feature.featureName, category: feature.category, callsOnly: true }
  const bucket = until - since <= BY_HOUR ? 'hour' : 'day'
  const points = await reader.getSeries({ ...asked, bucket, since, until })
  const earlier = await reader.getSeries({ ...asked, bucket, since: before, until: since })
  return {
    calls: sum(points),
    before: sum(earlier),
    parts: partsOf(points, since, until, bucket === 'hour' ? HOUR : DAY),
  }
}

function sum(points: readonly SeriesPoint[]): number {
  return points.reduce((calls, { totalCalls }) => calls + totalCalls, 0)
}

/** An hour or day goes to the part that its middle is in. */
function partsOf(points: readonly SeriesPoint[], since: number, until: number, length: number): number[] {
  // A part of an hour more makes no further day.
  const more = length === DAY ? HOUR : 0
  const count = Math.max(1, Math.min(BARS, Math.ceil((until - since - more) / length)))
  const parts = Array.from({ length: count }, () => 0)
  for (const { start, totalCalls } of points) {
    const middle = Math.min(until - 1, Math.max(since, Date.parse(start) + length / 2))
    const part = Math.min(count - 1, Math.floor(((middle - since) / (until - since)) * count))
    parts[part] = (parts[part] as number) + totalCalls
  }
  return parts
}

/** Percent more or less than before; null where there was nothing before. */
export function changeOf({ calls, before }: Trend): number | null {
  return before === 0 ? null : (calls / before - 1) * 100
}

/** `+12 %`, `-100 %`, `new`, or – where there was nothing in both. */
export function changeText(trend: Trend): string {
  const change = changeOf(trend)
  if (change === null) return trend.calls === 0 ? NONE : 'new'
  const rounded = Math.round(change)
  return `${rounded > 0 ? '+' : ''}${rounded === 0 ? 0 : rounded} %`
}
