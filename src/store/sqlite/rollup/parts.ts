import { FeatureStatus } from '../../../record/index.js'
import { and, conditionOf, type IndexedColumn, type Question } from '../filter.js'
import type { SqlValue } from '../rows.js'
import { storedCategory } from './dictionary.js'
import { HOUR_MICROS, InstantReader } from './instant.js'
import type { TimedRow } from './kept-days.js'
import { type PeriodParts, roundFrozen, type Span, splitPeriod } from './period.js'
import type { Snapshot } from './snapshot.js'
import { ALL_STATUSES, statusCode } from './status.js'
import { NAMELESS_COLUMNS, RAW_COLUMNS, type RawRow } from './tally.js'
import type { StatusMask } from './users.js'

/** Where an hour's rows are in more blocks than these, they are found by their start. */
const MAX_EDGE_BLOCKS = 256

/** The same for the rows of one feature, of which a block has few. */
const MAX_NAMED_BLOCKS = 65_536

/** Hours with more calls are not kept. */
const MAX_KEPT_ROWS = 20_000

/** The same of one feature. */
const MAX_KEPT_NAMED_ROWS = 5000

/** When a row's call started; both are NaN where its text is no time. */
export interface Instant {
  readonly micros: number
  readonly hour: number
}

type TakeRow = (row: RawRow, instant: Instant) => void

/** What an answer is put together from. */
export interface Parts extends PeriodParts {
  /** All calls of all time are asked for, and the totals have them. */
  readonly isEver: boolean
}

/** The question with its times as sums of frozen hours allow them. */
export function frozenQuestion(snapshot: Snapshot, question: Question): Question {
  const { frozenBefore } = snapshot
  return {
    ...question,
    since: roundFrozen(question.since, frozenBefore),
    until: roundFrozen(question.until, frozenBefore),
  }
}

/** @param byHour take hours instead of days */
export function partsOf(snapshot: Snapshot, { since, until }: Question, byHour = false): Parts {
  const isEver = since === -Infinity && until === Infinity && snapshot.hasTotals && !byHour
  const parts = splitPeriod(since, Math.min(until, snapshot.sumsBefore), byHour)
  // Where sums are not right, all rows come from beyond the watermark.
  return { ...parts, isEver, edges: snapshot.hasTotals ? parts.edges : [] }
}

/** A short time without any sums, one hour after the other: the rows of an hour may be known already. */
export function rowsOnly(snapshot: Snapshot, { since, until }: Pick<Question, 'since' | 'until'>): Parts {
  const edges: Span[] = []
  if (snapshot.hasTotals)
    for (const hour of snapshot.hours([Math.floor(since / HOUR_MICROS), Math.ceil(until / HOUR_MICROS)]))
      edges.push([Math.max(since, hour * HOUR_MICROS), Math.min(until, (hour + 1) * HOUR_MICROS)])
  return { days: NOTHING, whole: NOTHING, hours: [], edges, isEver: false }
}

const NOTHING: Span = [0, 0]

export function statusMask({ status, unsuccessful }: Question): StatusMask {
  const mask = status === undefined ? ALL_STATUSES : 2 ** statusCode(status)
  return unsuccessful === true ? mask & ~(2 ** statusCode(FeatureStatus.SUCCESS)) : mask
}

/**
 * Gives the rows that no sum has: those at the edges of the period, and those that are not in the sums yet.
 * @param columns RAW_COLUMNS where the names are needed
 */
export function eachLooseRow(
  snapshot: Snapshot,
  question: Question,
  parts: Parts,
  take: TakeRow,
  columns = NAMELESS_COLUMNS,
): void {
  const { watermark } = snapshot
  if (!parts.isEver) eachEdgeRow(snapshot, question, parts.edges, take, columns)
  if (snapshot.lastRowid() === watermark) return
  const { where, values } = conditionOf(question)
  if (watermark === 0) eachRow(snapshot, where, values, take)
  else eachRow(snapshot, and(where, 'rowid > ?'), [...values, watermark], take)
}

/** Gives the rows at some edges that are in the sums. */
export function eachEdgeRow(
  snapshot: Snapshot,
  question: Question,
  edges: readonly Span[],
  take: TakeRow,
  columns = NAMELESS_COLUMNS,
): void {
  for (const [since, until] of edges) {
    const asked = { ...question, since, until }
    const rows = rowsOfHour(snapshot, asked)
    if (rows === undefined) eachRowOfEdge(snapshot, asked, take, columns)
    else eachKeptRow(rows, asked, take)
  }
}

/**
 * The rows of the hour that an edge is in, of all features or at least of the one that is asked for: a page asks for the
 * same edge again and again, or for one a few seconds later.
 *
 * @returns undefined where rows of the edge alone had better be read
 */
function rowsOfHour(snapshot: Snapshot, question: Question): readonly TimedRow[] | undefined {
  const hour = Math.floor(question.since / HOUR_MICROS)
  if (question.rows !== undefined || question.users !== undefined || question.until > (hour + 1) * HOUR_MICROS)
    return undefined
  const { featureName } = question
  const kept = snapshot.keptRows(hour)
  if (kept !== undefined) return kept
  if (featureName !== undefined) {
    if (callsOfHour(snapshot, hour, featureName) > MAX_KEPT_NAMED_ROWS) return undefined
    return snapshot.keptRows(hour, featureName) ?? keepRows(snapshot, hour, featureName)
  }
  return snapshot.callsOfHour(hour) > MAX_KEPT_ROWS ? undefined : keepRows(snapshot, hour, undefined)
}

/** The calls of a feature by the sums. */
function callsOfHour(snapshot: Snapshot, hour: number, featureName: string): number {
  let calls = 0
  for (const subject of snapshot.subjects(featureName, undefined))
    for (const [, ofStatus] of snapshot.sumsOfHour(hour, subject)) calls += ofStatus
  return calls
}

function keepRows(snapshot: Snapshot, hour: number, featureName: string | undefined): readonly TimedRow[] {
  const rows: TimedRow[] = []
  const [since, until] = [hour * HOUR_MICROS, (hour + 1) * HOUR_MICROS]
  const question = { featureName, category: undefined, status: undefined, users: undefined, since, until }
  eachRowOfEdge(snapshot, question, (row, { micros }) => rows.push({ row, micros, hour }), RAW_COLUMNS)
  snapshot.keepRows(hour, rows, featureName)
  return rows
}

/** As `conditionOf` picks rows. */
function eachKeptRow(rows: readonly TimedRow[], question: Question, take: TakeRow): void {
  const { featureName, status, since, until, unsuccessful } = question
  const category = question.category === undefined ? undefined : storedCategory(question.category)
  for (const timed of rows) {
    const { row, micros } = timed
    if (micros < since || micros >= until) continue
    if (featureName !== undefined && row[0] !== featureName) continue
    if (category !== undefined && storedCategory(row[1]) !== category) continue
    if (status !== undefined && row[2] !== status) continue
    if (unsuccessful === true && row[2] === FeatureStatus.SUCCESS) continue
    take(row, timed)
  }
}

/**
 * Gives the rows of less than an hour. Mostly they are neighbours, in some blocks; where they are strewn, the index of start
 * times finds them.
 */
function eachRowOfEdge(snapshot: Snapshot, question: Question, take: TakeRow, columns: string): void {
  const { textForms, watermark } = snapshot
  const seconds = [Math.floor(question.since / 1e6), Math.ceil(question.until / 1e6)] as const
  const by = narrowestIndex(question)
  const runs = snapshot.rowidRuns(seconds, by === 'feature_name' ? MAX_NAMED_BLOCKS : MAX_EDGE_BLOCKS)
  if (runs === undefined) {
    const { where, values } = conditionOf(question, textForms, 'start_time')
    eachRow(snapshot, and(where, 'rowid <= ?'), [...values, watermark], take)
    return
  }
  const { where, values } = conditionOf(question, textForms, by)
  const sql = `SELECT ${columns} FROM feature_usage${and(where, 'rowid BETWEEN ? AND ?')}`
  const instant = new InstantReader()
  for (const [from, to] of runs)
    // All at once costs half of one by one.
    for (const row of snapshot.statements.rows<RawRow>(sql, ...values, from, Math.min(to, watermark))) {
      instant.read(row[4])
      take(row, instant)
    }
}

/** The index with the fewest rows of a question, within a range of rowids. */
export function narrowestIndex({ users, featureName, category }: Question): IndexedColumn {
  if (users !== undefined) return 'user_id'
  if (featureName !== undefined) return 'feature_name'
  return category === undefined ? 'rowid' : 'category'
}

/** Gives all rows of a question. */
export function eachRowOf(snapshot: Snapshot, question: Question, take: TakeRow): void {
  const { where, values } = conditionOf(question)
  eachRow(snapshot, where, values, take, false)
}

function eachRow(
  snapshot: Snapshot,
  where: string,
  values: readonly SqlValue[],
  take: TakeRow,
  skipFrozen = true,
): void {
  const instant = new InstantReader()
  const sql = `SELECT ${RAW_COLUMNS}, rowid FROM feature_usage${where}`
  for (const row of snapshot.statements.each<[...RawRow, rowid: number]>(sql, ...values)) {
    instant.read(row[4])
    if (skipFrozen && snapshot.isFrozenRow(row[10], instant.micros)) continue
    take(row as unknown as RawRow, instant)
  }
}
