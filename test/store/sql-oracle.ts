import BetterSqlite3, { type Database } from 'better-sqlite3'
import { normalizeTimeText, parseCategory, parseTime, parseTimeText, timeText } from '../../src/record/index.js'
import type {
  FeatureSummary,
  RecordFilter,
  RecordQuery,
  SeriesPoint,
  SeriesQuery,
  TopFeaturesQuery,
  UsageStats,
} from '../../src/store/index.js'

const CATEGORY = "CASE category WHEN 'agent_platform' THEN 'agentic_platform' ELSE category END"

const COUNTS = `count(*) AS totalCalls, count(*) FILTER (WHERE status = 'success') AS successCount,
  count(*) FILTER (WHERE status = 'failed') AS failureCount, count(*) FILTER (WHERE status = 'partial') AS partialCount,
  count(*) FILTER (WHERE status = 'timeout') AS timeoutCount,
  coalesce(100.0 * count(*) FILTER (WHERE status = 'success') / nullif(count(*), 0), 0) AS successRate,
  coalesce(avg(duration), 0) AS avgDuration, coalesce(avg(efficiency_score), 0) AS avgEfficiency,
  count(DISTINCT user_id) AS users`

/** Answers with plain SQL over the rows of `feature_usage`, without any of our tables. */
export class SqlOracle {
  readonly #database: Database

  constructor(path: string) {
    this.#database = new BetterSqlite3(path)
    this.#database.function('micros', (text) => parseTimeText(String(text)) ?? null)
    this.#database.function('utc', (text) => normalizeTimeText(String(text)))
    this.#database.function('text_of', (micros) => (micros === null ? null : timeText(Number(micros))))
  }

  close(): void {
    this.#database.close()
  }

  /** The ids of the latest records. */
  getRecords(query: RecordQuery): string[] {
    const { where, values } = conditions(query)
    return this.#database
      .prepare(`SELECT id FROM feature_usage ${where} ORDER BY utc(start_time) DESC, id DESC LIMIT ?`)
      .pluck()
      .all(...values, query.limit ?? -1) as string[]
  }

  getUsageStats(filter: RecordFilter): UsageStats {
    const { where, values } = conditions(filter)
    const found = this.#database
      .prepare<unknown[], UsageStats>(
        `SELECT ${COUNTS}, coalesce(min(duration), 0) AS minDuration, coalesce(max(duration), 0) AS maxDuration,
         coalesce(avg(input_size), 0) AS avgInputSize, coalesce(avg(output_size), 0) AS avgOutputSize,
         coalesce(avg(coalesce(iterations, 1)), 0) AS avgIterations,
         text_of(min(micros(start_time))) AS firstCall, text_of(max(micros(start_time))) AS lastCall
         FROM feature_usage ${where}`,
      )
      .get(...values) as UsageStats
    return { ...found, ...this.#percentiles(where, values, found.totalCalls) }
  }

  getTopFeatures(query: TopFeaturesQuery): FeatureSummary[] {
    const { where, values } = conditions(query)
    const found = this.#database
      .prepare<unknown[], UsageStats & { featureName: string; stored: string }>(
        `SELECT feature_name AS featureName, ${CATEGORY} AS stored, ${COUNTS}, text_of(max(micros(start_time))) AS lastCall
         FROM feature_usage ${where} GROUP BY 1, 2 ORDER BY totalCalls DESC, 1, 2 LIMIT ?`,
      )
      .all(...values, query.limit ?? 10)
    const summary = ({ featureName, stored, ...rest }: (typeof found)[number]): FeatureSummary => ({
      featureName,
      category: parseCategory(stored) ?? 'other',
      usageCount: rest.totalCalls,
      successCount: rest.successCount,
      successRate: rest.successRate,
      avgDuration: rest.avgDuration,
      ...this.#percentiles(
        `${where} ${where === '' ? 'WHERE' : 'AND'} feature_name = ? AND ${CATEGORY} = ?`,
        [...values, featureName, stored],
        rest.totalCalls,
      ),
      avgEfficiency: rest.avgEfficiency,
      users: rest.users,
      lastCall: rest.lastCall,
    })
    return found.map(summary)
  }

  getSeries(query: SeriesQuery): SeriesPoint[] {
    const { where, values } = conditions(query)
    const size = { minute: 60_000_000, hour: 3_600_000_000, day: 86_400_000_000 }[query.bucket]
    const also = `${where === '' ? 'WHERE' : 'AND'} micros(start_time) IS NOT NULL`
    const bucket = `CAST(floor(micros(start_time) / ${size}.0) AS INTEGER)`
    const found = this.#database
      .prepare<unknown[], SeriesPoint & { bucket: number }>(
        `SELECT ${bucket} AS bucket, ${COUNTS}, coalesce(avg(input_size), 0) AS avgInputSize,
         coalesce(avg(output_size), 0) AS avgOutputSize FROM feature_usage ${where} ${also} GROUP BY 1 ORDER BY 1`,
      )
      .all(...values)
    const point = ({ bucket: number, ...rest }: (typeof found)[number]): SeriesPoint => ({
      ...rest,
      start: timeText(number * size),
      ...this.#percentiles(`${where} ${also} AND ${bucket} = ?`, [...values, number], rest.totalCalls),
    })
    return found.map(point)
  }

  /** Nearest rank. */
  #percentiles(
    where: string,
    values: readonly unknown[],
    calls: number,
  ): { p50Duration: number; p95Duration: number; p99Duration: number } {
    const at = (share: number) =>
      calls === 0
        ? 0
        : (this.#database
            .prepare(`SELECT duration FROM feature_usage ${where} ORDER BY duration LIMIT 1 OFFSET ?`)
            .pluck()
            .get(...values, Math.ceil(share * calls) - 1) as number)
    return { p50Duration: at(0.5), p95Duration: at(0.95), p99Duration: at(0.99) }
  }
}

function conditions(filter: RecordFilter): { where: string; values: unknown[] } {
  const { featureName, category, status, userId, since, until } = filter
  const parts: [sql: string, value: unknown][] = []
  if (featureName !== undefined) parts.push(['feature_name = ?', featureName])
  if (category !== undefined) parts.push([`${CATEGORY} = ?`, category])
  if (status !== undefined) parts.push(['status = ?', status])
  if (userId !== undefined) parts.push(['user_id = ?', userId])
  if (since !== undefined) parts.push(['micros(start_time) >= ?', parseTime(since, 'since')])
  if (until !== undefined) parts.push(['micros(start_time) < ?', parseTime(until, 'until')])
  const where = parts.length === 0 ? '' : `WHERE ${parts.map(([sql]) => sql).join(' AND ')}`
  return { where, values: parts.map(([, value]) => value) }
}
