import type { Database } from 'better-sqlite3'
import { readKey } from '../../config/index.js'
import { type FeatureUsageRecord, normalizeTimeText, parseCategory, pseudonymOf } from '../../record/index.js'
import {
  type FeatureSummary,
  type RecordFilter,
  type RecordQuery,
  type SchemaStatus,
  StoreError,
  type TopFeaturesQuery,
  type UsageStats,
} from '../contract.js'
import { openForReading, toStoreError } from './database.js'
import { type Condition, conditionOf, HAS_OFFSET } from './filter.js'
import { hasTable, schemaStatus } from './migrations.js'
import { recordFromRow, type Row, type SqlValue } from './rows.js'
import { COLUMNS } from './schema.js'

/** A connection for questions. It answers in the thread that asks; it opens the file at the first question. */
export class ReaderConnection {
  readonly #path: string
  #database: Database | undefined
  #hasLocalTimes = false
  #lookedAtRowid = 0

  constructor(path: string) {
    this.#path = path
  }

  getRecords(query: RecordQuery = {}): FeatureUsageRecord[] {
    const { where, values } = this.#condition(query)
    const limit = query.limit === undefined ? -1 : requireLimit(query.limit)
    const select = (also: string): FeatureUsageRecord[] =>
      this.#ask((database) =>
        database
          .prepare<SqlValue[], Row>(
            `SELECT ${COLUMNS.join(', ')} FROM feature_usage${and(where, also)} ORDER BY start_time DESC, id DESC LIMIT ?`,
          )
          .raw()
          .all(...values, limit),
      ).map(recordFromRow)
    // Local times and UTC sort apart as text: the latest are among the latest of each kind.
    const records =
      limit > 0 && this.#mixesTimes() ? [...select(HAS_OFFSET), ...select(`NOT ${HAS_OFFSET}`)] : select('')
    return records.toSorted(latestFirst).slice(0, limit > 0 ? limit : undefined)
  }

  getUsageStats(filter: RecordFilter = {}): UsageStats {
    const condition = this.#condition(filter)
    const totals = this.#ask((database) =>
      database
        .prepare<SqlValue[], Totals>(`SELECT ${TOTALS} FROM feature_usage${condition.where}`)
        .get(...condition.values),
    ) as Totals
    return {
      totalCalls: totals.calls,
      successCount: totals.success,
      failureCount: totals.failed,
      partialCount: totals.partial,
      timeoutCount: totals.timeout,
      successRate: percent(totals.success, totals.calls),
      avgDuration: totals.avg_duration ?? 0,
      minDuration: totals.min_duration ?? 0,
      maxDuration: totals.max_duration ?? 0,
      p50Duration: this.#percentile(condition, totals.calls, 0.5),
      p95Duration: this.#percentile(condition, totals.calls, 0.95),
      avgEfficiency: totals.avg_efficiency ?? 0,
      avgInputSize: totals.avg_input ?? 0,
      avgOutputSize: totals.avg_output ?? 0,
      users: totals.users,
      firstCall: earliest(totals.first_utc, totals.first_local),
      lastCall: latest(totals.last_utc, totals.last_local),
    }
  }

  getTopFeatures(query: TopFeaturesQuery = {}): FeatureSummary[] {
    const { where, values } = this.#condition(query)
    const limit = requireLimit(query.limit ?? 10)
    return this.#ask((database) =>
      database
        .prepare<SqlValue[], Totals & { feature_name: string; category: string }>(
          `SELECT feature_name, ${CATEGORY} AS category, ${TOTALS} FROM feature_usage${where}
           GROUP BY feature_name, ${CATEGORY} ORDER BY calls DESC, feature_name, 2 LIMIT ?`,
        )
        .all(...values, limit),
    ).map((row) => ({
      featureName: row.feature_name,
      category: parseCategory(row.category) ?? 'other',
      usageCount: row.calls,
      successCount: row.success,
      successRate: percent(row.success, row.calls),
      avgDuration: row.avg_duration ?? 0,
      avgEfficiency: row.avg_efficiency ?? 0,
      users: row.users,
      lastCall: latest(row.last_utc, row.last_local),
    }))
  }

  schemaStatus(): SchemaStatus {
    return schemaStatus(this.#open())
  }

  /**
   * Whether text order is not the order of time: there are rows of the original's, and this process is not on UTC. Rows
   * that were looked at once are not looked at again.
   */
  #mixesTimes(): boolean {
    if (this.#hasLocalTimes || isAlwaysUtc()) return this.#hasLocalTimes
    this.#ask((database) => {
      const last = database.prepare<[], number | null>('SELECT max(rowid) FROM feature_usage').pluck().get() ?? 0
      this.#hasLocalTimes =
        database
          .prepare(`SELECT 1 FROM feature_usage WHERE rowid > ? AND NOT ${HAS_OFFSET} LIMIT 1`)
          .get(this.#lookedAtRowid) !== undefined
      this.#lookedAtRowid = last
    })
    return this.#hasLocalTimes
  }

  /** @throws StoreError whatever SQLite finds */
  #ask<T>(question: (database: Database) => T): T {
    try {
      const database = this.#open()
      if (!hasTable(database, 'feature_usage'))
        throw new StoreError('empty', `${this.#path} has no table feature_usage: nothing was ever tracked in it`)
      return question(database)
    } catch (error) {
      throw toStoreError(error, this.#path)
    }
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
  }

  #percentile({ where, values }: Condition, calls: number, share: number): number {
    if (calls === 0) return 0
    const rank = Math.ceil(share * calls) - 1
    const found = this.#ask((database) =>
      database
        .prepare<SqlValue[], number>(`SELECT duration FROM feature_usage${where} ORDER BY duration LIMIT 1 OFFSET ?`)
        .pluck()
        .get(...values, rank),
    )
    return found ?? 0
  }

  #condition(filter: RecordFilter): Condition {
    return conditionOf(filter, (userId) => {
      const key = readKey(this.#path)
      return key === undefined ? [userId] : [userId, pseudonymOf(key, userId)]
    })
  }

  #open(): Database {
    return (this.#database ??= openForReading(this.#path))
  }
}

interface Totals {
  calls: number
  success: number
  failed: number
  partial: number
  timeout: number
  avg_duration: number | null
  min_duration: number | null
  max_duration: number | null
  avg_efficiency: number | null
  avg_input: number | null
  avg_output: number | null
  users: number
  first_utc: string | null
  first_local: string | null
  last_utc: string | null
  last_local: string | null
}

/** The original's documentation has agent_platform where its code has agentic_platform: both are one category. */
const CATEGORY = "CASE category WHEN 'agent_platform' THEN 'agentic_platform' ELSE category END"

const TOTALS = `count(*) AS calls,
  count(*) FILTER (WHERE status = 'success') AS success,
  count(*) FILTER (WHERE status = 'failed') AS failed,
  count(*) FILTER (WHERE status = 'partial') AS partial,
  count(*) FILTER (WHERE status = 'timeout') AS timeout,
  avg(duration) AS avg_duration, min(duration) AS min_duration, max(duration) AS max_duration,
  avg(efficiency_score) AS avg_efficiency,
  avg(input_size) AS avg_input, avg(output_size) AS avg_output,
  count(DISTINCT user_id) AS users,
  min(start_time) FILTER (WHERE ${HAS_OFFSET}) AS first_utc, min(start_time) FILTER (WHERE NOT ${HAS_OFFSET}) AS first_local,
  max(start_time) FILTER (WHERE ${HAS_OFFSET}) AS last_utc, max(start_time) FILTER (WHERE NOT ${HAS_OFFSET}) AS last_local`

function and(where: string, also: string): string {
  if (also === '') return where
  return where === '' ? ` WHERE ${also}` : `${where} AND ${also}`
}

/** Zones differ from UTC in winter or in summer, or never. */
function isAlwaysUtc(): boolean {
  const year = new Date().getFullYear()
  return [0, 6].every((month) => new Date(year, month, 1).getTimezoneOffset() === 0)
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100
}

function latest(...texts: (string | null)[]): string | null {
  return instants(texts).at(-1) ?? null
}

function earliest(...texts: (string | null)[]): string | null {
  return instants(texts)[0] ?? null
}

function instants(texts: readonly (string | null)[]): string[] {
  return texts
    .filter((text) => text !== null)
    .map(normalizeTimeText)
    .toSorted()
}

function latestFirst(a: FeatureUsageRecord, b: FeatureUsageRecord): number {
  if (a.startTime !== b.startTime) return a.startTime < b.startTime ? 1 : -1
  return a.recordId < b.recordId ? 1 : -1
}

/** @throws RangeError when the limit is no whole number of 1 or more. */
function requireLimit(limit: number): number {
  if (Number.isSafeInteger(limit) && limit >= 1) return limit
  throw new RangeError(`limit is ${String(limit)}: give a whole number of 1 or more`)
}
