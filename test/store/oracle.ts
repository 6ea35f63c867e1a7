import { type FeatureUsageRecord, parseTime } from '../../src/record/index.js'
import type {
  FeatureSummary,
  RecordFilter,
  RecordQuery,
  SeriesPoint,
  SeriesQuery,
  TopFeaturesQuery,
  UsageStats,
} from '../../src/store/index.js'

/** What the contract says, over a list in memory: slow and plain. */
export class Oracle {
  readonly #records: readonly FeatureUsageRecord[]
  readonly #pseudonym: (userId: string) => string

  constructor(records: readonly FeatureUsageRecord[], pseudonym: (userId: string) => string) {
    this.#records = records
    this.#pseudonym = pseudonym
  }

  getRecords(query: RecordQuery): FeatureUsageRecord[] {
    return this.#matching(query).toSorted(latestFirst).slice(0, query.limit)
  }

  getUsageStats(filter: RecordFilter): UsageStats {
    const found = this.#matching(filter)
    const durations = found.map((record) => record.duration).toSorted((a, b) => a - b)
    const times = found.map((record) => record.startTime).toSorted()
    return {
      totalCalls: found.length,
      successCount: countOf(found, 'success'),
      failureCount: countOf(found, 'failed'),
      partialCount: countOf(found, 'partial'),
      timeoutCount: countOf(found, 'timeout'),
      successRate: found.length === 0 ? 0 : (100 * countOf(found, 'success')) / found.length,
      avgDuration: mean(durations),
      minDuration: durations[0] ?? 0,
      maxDuration: durations.at(-1) ?? 0,
      ...percentiles(found),
      avgEfficiency: mean(found.map((record) => record.efficiencyScore ?? 0)),
      avgInputSize: mean(found.map((record) => record.inputSize)),
      avgOutputSize: mean(found.map((record) => record.outputSize)),
      avgIterations: mean(found.map((record) => record.iterations)),
      users: usersOf(found),
      firstCall: times[0] ?? null,
      lastCall: times.at(-1) ?? null,
    }
  }

  getTopFeatures(query: TopFeaturesQuery): FeatureSummary[] {
    const groups = new Map<string, FeatureUsageRecord[]>()
    for (const record of this.#matching(query)) {
      const group = JSON.stringify([record.featureName, record.category])
      groups.set(group, [...(groups.get(group) ?? []), record])
    }
    return [...groups.values()]
      .map((found) => summary(found))
      .toSorted(
        (a, b) =>
          b.usageCount - a.usageCount || byteOrder(a.featureName, b.featureName) || byteOrder(a.category, b.category),
      )
      .slice(0, query.limit ?? 10)
  }

  getSeries({ bucket, ...filter }: SeriesQuery): SeriesPoint[] {
    const digits = bucket === 'hour' ? 13 : 10
    const groups = new Map<string, FeatureUsageRecord[]>()
    for (const record of this.#matching(filter)) {
      const group = record.startTime.slice(0, digits)
      groups.set(group, [...(groups.get(group) ?? []), record])
    }
    return [...groups]
      .toSorted(([a], [b]) => byteOrder(a, b))
      .map(([start, found]) => point(`${start}${bucket === 'hour' ? '' : 'T00'}:00:00.000000+00:00`, found))
  }

  #matching(filter: RecordFilter): FeatureUsageRecord[] {
    const { featureName, category, status, userId, since, until } = filter
    return this.#records.filter(
      (record) =>
        (featureName === undefined || record.featureName === featureName) &&
        (category === undefined || record.category === category) &&
        (status === undefined || record.status === status) &&
        (userId === undefined || record.userId === userId || record.userId === this.#pseudonym(userId)) &&
        (since === undefined || micros(record) >= parseTime(since, 'since')) &&
        (until === undefined || micros(record) < parseTime(until, 'until')),
    )
  }
}

function point(start: string, found: readonly FeatureUsageRecord[]): SeriesPoint {
  return {
    start,
    totalCalls: found.length,
    successCount: countOf(found, 'success'),
    failureCount: countOf(found, 'failed'),
    partialCount: countOf(found, 'partial'),
    timeoutCount: countOf(found, 'timeout'),
    successRate: (100 * countOf(found, 'success')) / found.length,
    avgDuration: mean(found.map((record) => record.duration)),
    ...percentiles(found),
    avgEfficiency: mean(found.map((record) => record.efficiencyScore ?? 0)),
    avgInputSize: mean(found.map((record) => record.inputSize)),
    avgOutputSize: mean(found.map((record) => record.outputSize)),
    users: usersOf(found),
  }
}

function summary(found: readonly FeatureUsageRecord[]): FeatureSummary {
  const [{ featureName, category }] = found as [FeatureUsageRecord]
  return {
    featureName,
    category,
    usageCount: found.length,
    successCount: countOf(found, 'success'),
    successRate: (100 * countOf(found, 'success')) / found.length,
    avgDuration: mean(found.map((record) => record.duration)),
    ...percentiles(found),
    avgEfficiency: mean(found.map((record) => record.efficiencyScore ?? 0)),
    users: usersOf(found),
    lastCall:
      found
        .map((record) => record.startTime)
        .toSorted()
        .at(-1) ?? null,
  }
}

/** Equal starts by id, so that a list has one order whatever the limit. */
export function latestFirst(a: FeatureUsageRecord, b: FeatureUsageRecord): number {
  return -(byteOrder(a.startTime, b.startTime) || byteOrder(a.recordId, b.recordId))
}

function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function micros(record: FeatureUsageRecord): number {
  return parseTime(record.startTime, 'startTime')
}

function countOf(found: readonly FeatureUsageRecord[], status: FeatureUsageRecord['status']): number {
  return found.filter((record) => record.status === status).length
}

function usersOf(found: readonly FeatureUsageRecord[]): number {
  return new Set(found.map((record) => record.userId).filter((user) => user !== null)).size
}

/** Nearest rank. */
function percentiles(found: readonly FeatureUsageRecord[]): {
  p50Duration: number
  p95Duration: number
  p99Duration: number
} {
  const durations = found.map((record) => record.duration).toSorted((a, b) => a - b)
  const at = (share: number) => durations[Math.ceil(share * durations.length) - 1] ?? 0
  return { p50Duration: at(0.5), p95Duration: at(0.95), p99Duration: at(0.99) }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
