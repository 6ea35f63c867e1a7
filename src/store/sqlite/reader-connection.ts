import type { Database } from 'better-sqlite3'
import type { FeatureUsageRecord } from '../../record/index.js'
import {
  type FeatureSummary,
  type RecordFilter,
  type RecordQuery,
  type SchemaStatus,
  type SeriesBucket,
  type SeriesPoint,
  type SeriesQuery,
  type StatsQuery,
  StoreError,
  type TopFeaturesQuery,
  type UsageStats,
} from '../contract.js'
import type {
  ActivityQuery,
  CategoryCalls,
  GroupFigures,
  GroupsQuery,
  LatencyBar,
  News,
  NewsQuery,
  RecentSummary,
  RecordPage,
  RecordPageQuery,
  SlowestQuery,
  StoreStatus,
  TracedRecord,
  TraceRecords,
} from '../explore.js'
import { openForReading, toStoreError } from './database.js'
import { activity } from './explore/activity.js'
import { categoryCalls } from './explore/categories.js'
import { groupFigures } from './explore/groups.js'
import { latency } from './explore/latency.js'
import { newRows, storeStatus } from './explore/news.js'
import { pageQuestion } from './explore/page.js'
import { recentSummary } from './explore/sample.js'
import { slowestRows } from './explore/slowest.js'
import { traceRows, withLinks } from './explore/traces.js'
import { rowConditionsOf } from './row-conditions.js'
import { and, conditionOf, HAS_OFFSET, type Question, questionOf, registerTimes } from './filter.js'
import { schemaStatus } from './migrations.js'
import { KeptDays } from './rollup/kept-days.js'
import { latestFirst, recentRows, sortable } from './rollup/recent.js'
import { series } from './rollup/series.js'
import { Snapshot } from './rollup/snapshot.js'
import { Statements } from './rollup/statements.js'
import { usageStats } from './rollup/stats.js'
import { topFeatures } from './rollup/top.js'
import { recordFromRow, type Row, type SqlValue } from './rows.js'
import { COLUMNS } from './schema.js'
import { userForms } from './transfer/row-source.js'
import { DatabaseFile } from './write/database-file.js'

/** A connection for questions. It answers in the thread that asks; it opens the file at the first question. */
export class ReaderConnection {
  readonly #path: string
  readonly #file: DatabaseFile
  readonly #cacheBytes: number | undefined
  #opened: { database: Database; statements: Statements; kept: KeptDays } | undefined
  #hasLocalTimes = false
  #lookedAtRowid = 0

  /** @param cacheBytes of the file that SQLite keeps in memory, where it is not its default */
  constructor(path: string, cacheBytes?: number) {
    this.#path = path
    this.#cacheBytes = cacheBytes
    this.#file = new DatabaseFile(path)
  }

  getRecords(query: RecordQuery = {}): FeatureUsageRecord[] {
    const question = this.#question(query)
    const limit = query.limit === undefined ? undefined : requireLimit(query.limit)
    const rows = this.#ask((database, snapshot) => {
      const recent = limit === undefined ? undefined : recentRows(snapshot, question, limit)
      return recent ?? this.#sortedRows(database, question, limit)
    })
    return rows.map(recordFromRow)
  }

  getUsageStats(query: StatsQuery = {}): UsageStats {
    const question = { ...this.#question(query), leaveOutUsers: query.countUsers === false }
    return this.#ask((_, snapshot) => usageStats(snapshot, question))
  }

  getTopFeatures(query: TopFeaturesQuery = {}): FeatureSummary[] {
    const question = this.#question(query)
    const limit = requireLimit(query.limit ?? 10)
    return this.#ask((_, snapshot) => topFeatures(snapshot, question, limit))
  }

  getSeries(query: SeriesQuery): SeriesPoint[] {
    this.#requireCut(query)
    const callsOnly = query.callsOnly === true
    const question = { ...this.#question(query), leaveOutUsers: callsOnly || query.countUsers === false, callsOnly }
    const cut = { bucket: query.bucket, timeZone: query.timeZone, fill: query.fill === true }
    return this.#ask((_, snapshot) => series(snapshot, question, cut))
  }

  /** @throws TypeError or RangeError where a time cannot be cut as the query says */
  #requireCut(query: SeriesQuery): void {
    if (requireBucket(query.bucket) === 'minute') requireShort(this.#question(query))
  }

  getRecord(recordId: string): TracedRecord | undefined {
    const select = `SELECT ${COLUMNS.join(', ')} FROM feature_usage WHERE id = ?`
    return this.#records((_, { statements }) => statements.rows<Row>(select, recordId))[0]
  }

  getRecordPage(query: RecordPageQuery): RecordPage {
    const limit = requireLimit(query.limit)
    const question = pageQuestion(this.#question(query), query)
    const found = this.#records((database, snapshot) => this.#latestRows(database, snapshot, question, limit + 1))
    const records = found.slice(0, limit)
    const last = records.at(-1)
    const next =
      last !== undefined && found.length > limit ? { startTime: last.startTime, recordId: last.recordId } : undefined
    return { records, next }
  }

  getSlowest(query: SlowestQuery): TracedRecord[] {
    const limit = requireLimit(query.limit)
    const question = { ...this.#question(query), rows: rowConditionsOf(query) }
    return this.#records((_, snapshot) => slowestRows(snapshot, question, limit))
  }

  getTrace({ traceId, limit }: { traceId: string; limit: number }): TraceRecords {
    const records = this.#records((_, { statements }) =>
      traceRows(statements, String(traceId), requireLimit(limit) + 1),
    )
    const sorted = records.toSorted((a, b) => (a.startTime < b.startTime ? -1 : 1))
    return { records: sorted.slice(0, limit), truncated: records.length > limit }
  }

  getLatency(filter: RecordFilter): LatencyBar[] {
    const question = { ...this.#question(filter), leaveOutUsers: true }
    return this.#ask((_, snapshot) => latency(snapshot, question))
  }

  getRecentSummary(filter: RecordFilter): RecentSummary {
    const question = this.#question(filter)
    return this.#ask((database, snapshot) =>
      recentSummary(snapshot.statements, question, (...asked) => this.#latestRows(database, snapshot, ...asked)),
    )
  }

  getCategoryCalls(filter: RecordFilter): CategoryCalls[] {
    const question = this.#question(filter)
    return this.#ask((_, snapshot) => categoryCalls(snapshot, question))
  }

  getGroups(query: GroupsQuery): GroupFigures[] {
    requireLimit(query.limit)
    const { series: cut } = query
    if (cut !== undefined) this.#requireCut({ ...query, bucket: cut.bucket, until: query.until ?? cut.until })
    return this.#ask((_, snapshot) => groupFigures(snapshot, query, (filter) => this.#question(filter)))
  }

  getActivity(query: ActivityQuery): number[][] {
    requireLimit(query.parts)
    return this.#ask((_, snapshot) => activity(snapshot, query, Date.now() * 1000))
  }

  getNews({ after, limit }: NewsQuery): News {
    return this.#ask((database, { statements }) => {
      const { rows, ...news } = newRows(database, after, requireLimit(limit))
      return { ...news, records: withLinks(statements, rows.map(recordFromRow)) }
    })
  }

  getStoreStatus(): StoreStatus {
    return this.#ask(storeStatus)
  }

  /** @param columns as `recentRows` has them; more may come */
  #latestRows(database: Database, snapshot: Snapshot, question: Question, limit: number, columns?: string): Row[] {
    return recentRows(snapshot, question, limit, columns) ?? this.#sortedRows(database, question, limit)
  }

  #records(rows: (database: Database, snapshot: Snapshot) => Row[]): TracedRecord[] {
    return this.#ask((database, snapshot) =>
      withLinks(snapshot.statements, rows(database, snapshot).map(recordFromRow)),
    )
  }

  schemaStatus(): SchemaStatus {
    return schemaStatus(this.#open().database)
  }

  /** All rows of a question, or the latest of them, by sorting: where the blocks do not tell where to look. */
  #sortedRows(database: Database, question: Question, limit: number | undefined): Row[] {
    const { where, values } = conditionOf(question)
    const select = (clause: string): Row[] =>
      database
        .prepare<SqlValue[], Row>(
          `SELECT ${COLUMNS.join(', ')} FROM feature_usage${clause} ORDER BY start_time DESC, id DESC LIMIT ?`,
        )
        .raw()
        .all(...values, limit ?? -1)
    // Local times and UTC sort apart as text: the latest are among the latest of each kind.
    const rows =
      limit !== undefined && this.#mixesTimes(database)
        ? [...select(and(where, HAS_OFFSET)), ...select(and(where, `NOT ${HAS_OFFSET}`))]
        : select(where)
    return rows
      .map(sortable)
      .toSorted(latestFirst)
      .slice(0, limit)
      .map(({ row }) => row)
  }

  /**
   * Whether text order is not the order of time: there are rows of the original's, and this process is not on UTC. Rows
   * that were looked at once are not looked at again.
   */
  #mixesTimes(database: Database): boolean {
    if (this.#hasLocalTimes || isAlwaysUtc()) return this.#hasLocalTimes
    const last = database.prepare<[], number | null>('SELECT max(rowid) FROM feature_usage').pluck().get() ?? 0
    this.#hasLocalTimes =
      database
        .prepare(`SELECT 1 FROM feature_usage WHERE rowid > ? AND NOT ${HAS_OFFSET} LIMIT 1`)
        .get(this.#lookedAtRowid) !== undefined
    this.#lookedAtRowid = last
    return this.#hasLocalTimes
  }

  /**
   * Asks within one read transaction: the answer is that of one moment.
   * @throws StoreError whatever SQLite finds
   */
  #ask<T>(question: (database: Database, snapshot: Snapshot) => T): T {
    try {
      const { database, statements, kept } = this.#open()
      return database.transaction(() => {
        if (!statements.hasTable('feature_usage'))
          throw new StoreError('empty', `${this.#path} has no table feature_usage: nothing was ever tracked in it`)
        return question(database, new Snapshot(database, statements, kept))
      })()
    } catch (error) {
      throw toStoreError(error, this.#path)
    }
  }

  close(): void {
    this.#opened?.database.close()
    this.#opened = undefined
    this.#file.noteClosed()
    this.#hasLocalTimes = false
    this.#lookedAtRowid = 0
  }

  #question(filter: RecordFilter): Question {
    return questionOf(filter, (userId) => userForms(this.#path, userId))
  }

  #open(): { database: Database; statements: Statements; kept: KeptDays } {
    // A file that was removed or replaced would go on answering what was in it.
    if (this.#file.hasMoved) this.close()
    if (this.#opened !== undefined) return this.#opened
    const database = openForReading(this.#path, this.#cacheBytes)
    this.#file.noteOpened()
    registerTimes(database)
    this.#opened = { database, statements: new Statements(database), kept: new KeptDays() }
    return this.#opened
  }
}

/** Zones differ from UTC in winter or in summer, or never. */
function isAlwaysUtc(): boolean {
  const year = new Date().getFullYear()
  return [0, 6].every((month) => new Date(year, month, 1).getTimezoneOffset() === 0)
}

/** @throws RangeError when the limit is no whole number of 1 or more. */
function requireLimit(limit: number): number {
  if (Number.isSafeInteger(limit) && limit >= 1) return limit
  throw new RangeError(`limit is ${String(limit)}: give a whole number of 1 or more`)
}

/** Minutes are counted from rows: not of a longer time. */
const MAX_MINUTES_MICROS = 24 * 3_600_000_000

/** @throws RangeError */
function requireShort({ since, until }: Question): void {
  if (Math.min(until, Date.now() * 1000) - since <= MAX_MINUTES_MICROS) return
  throw new RangeError('bucket is "minute" for more than a day: give a later since, or "hour"')
}

/** @throws TypeError when it is no bucket */
function requireBucket(bucket: SeriesBucket): SeriesBucket {
  if (bucket === 'minute' || bucket === 'hour' || bucket === 'day') return bucket
  throw new TypeError(`bucket is ${JSON.stringify(bucket)}: give "minute", "hour" or "day"`)
}
