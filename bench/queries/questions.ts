import type { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { END, featureName, RAREST, textOf } from '../data/rows.js'
import { p95OfFeatures, seriesOf } from './stats.js'

/** Rows of values, which three sides have to give alike. */
export type Answer = readonly (readonly unknown[])[]

export interface Question {
  readonly name: string
  readonly ours: (store: FeatureTrackerDB) => Promise<Answer>
  /** Plain SQL on the documented table, by SQLite. */
  readonly sqlite: string
  readonly duckdb: string
}

const DAY_MS = 86_400_000

/** Both sides are asked for all that our answer holds. */
const SUMS = `count(*),
  count(*) FILTER (WHERE status = 'success'), count(*) FILTER (WHERE status = 'failed'),
  count(*) FILTER (WHERE status = 'partial'), count(*) FILTER (WHERE status = 'timeout'),
  avg(duration), min(duration), max(duration), avg(efficiency_score)`
const SIZES_AND_USERS = 'avg(input_size), avg(output_size), count(DISTINCT user_id)'

/** DuckDB has times where SQLite has text. */
const timeText = (time: string): string => `strftime(${time}, '%Y-%m-%dT%H:%M:%S.%f+00:00')`

function totals(name: string, filter: { featureName?: string }): Question {
  const where = filter.featureName === undefined ? '' : `WHERE feature_name = '${filter.featureName}'`
  const rank = (share: number): string =>
    `(SELECT duration FROM feature_usage ${where} ORDER BY duration LIMIT 1
      OFFSET (SELECT (count(*) * ${share * 100} + 99) / 100 - 1 FROM feature_usage ${where}))`
  return {
    name,
    ours: async (store) => {
      const stats = await store.getUsageStats(filter)
      return [
        [
          ...sumsOf(stats),
          stats.avgInputSize,
          stats.avgOutputSize,
          stats.users,
          stats.p50Duration,
          stats.p95Duration,
          stats.firstCall,
          stats.lastCall,
        ],
      ]
    },
    sqlite: `SELECT ${SUMS}, ${SIZES_AND_USERS}, ${rank(0.5)}, ${rank(0.95)},
      min(start_time), max(start_time) FROM feature_usage ${where}`,
    duckdb: `SELECT ${SUMS}, ${SIZES_AND_USERS}, quantile_disc(duration, 0.5), quantile_disc(duration, 0.95),
      ${timeText('min(start_time)')}, ${timeText('max(start_time)')} FROM feature_usage ${where}`,
  }
}

function sumsOf(stats: Awaited<ReturnType<FeatureTrackerDB['getUsageStats']>>): number[] {
  return [
    stats.totalCalls,
    stats.successCount,
    stats.failureCount,
    stats.partialCount,
    stats.timeoutCount,
    stats.avgDuration,
    stats.minDuration,
    stats.maxDuration,
    stats.avgEfficiency,
  ]
}

/** The others are asked for less than we answer: no users, sizes and percentiles. */
const sumsOnly: Question = {
  name: 'totals, others without users, sizes and percentiles',
  ours: async (store) => [sumsOf(await store.getUsageStats())],
  sqlite: `SELECT ${SUMS} FROM feature_usage`,
  duckdb: `SELECT ${SUMS} FROM feature_usage`,
}

const top = (lastCall: string): string => `SELECT feature_name, category, count(*),
  count(*) FILTER (WHERE status = 'success'), avg(duration), avg(efficiency_score), count(DISTINCT user_id), ${lastCall}
  FROM feature_usage GROUP BY feature_name, category ORDER BY count(*) DESC, feature_name LIMIT 10`

const topTen: Question = {
  name: 'top ten features',
  ours: async (store) =>
    (await store.getTopFeatures({ limit: 10 })).map((feature) => [
      feature.featureName,
      feature.category,
      feature.usageCount,
      feature.successCount,
      feature.avgDuration,
      feature.avgEfficiency,
      feature.users,
      feature.lastCall,
    ]),
  sqlite: top('max(start_time)'),
  duckdb: top(timeText('max(start_time)')),
}

function series(): Question {
  const [since, until] = [END - DAY_MS, END]
  const [from, to] = [textOf(since * 1000), textOf(until * 1000)]
  const select = (hour: string): string =>
    `SELECT ${hour}, count(*), count(*) FILTER (WHERE status = 'failed'), avg(duration) FROM feature_usage
     WHERE start_time >= '${from}' AND start_time < '${to}' GROUP BY 1 ORDER BY 1`
  return {
    name: '24 hours by hour',
    ours: (store) => seriesOf(store, since, until),
    sqlite: select('substr(start_time, 1, 13)'),
    duckdb: select("strftime(start_time, '%Y-%m-%dT%H')"),
  }
}

const p95ByFeature: Question = {
  name: 'p95 by feature',
  ours: (store) => p95OfFeatures(store),
  sqlite: `SELECT feature_name, duration FROM (
      SELECT feature_name, duration, row_number() OVER (PARTITION BY feature_name ORDER BY duration) AS rank,
        count(*) OVER (PARTITION BY feature_name) AS calls FROM feature_usage)
    WHERE rank = (calls * 95 + 99) / 100 ORDER BY feature_name`,
  duckdb: 'SELECT feature_name, quantile_disc(duration, 0.95) FROM feature_usage GROUP BY 1 ORDER BY 1',
}

export const QUESTIONS: readonly Question[] = [
  totals('totals', {}),
  sumsOnly,
  totals('one feature, common', { featureName: featureName(0) }),
  totals('one feature, rare', { featureName: featureName(RAREST) }),
  topTen,
  series(),
  p95ByFeature,
]
