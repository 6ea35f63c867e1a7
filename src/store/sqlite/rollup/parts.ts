import { FeatureStatus } from '../../../record/index.js'
import { and, conditionOf, type IndexedColumn, type Question } from '../filter.js'
import type { SqlValue } from '../rows.js'
import { InstantReader } from './instant.js'
import { type PeriodParts, roundFrozen, type Span, splitPeriod } from './period.js'
import type { Snapshot } from './snapshot.js'
import { STATUS_COUNT, statusCode } from './status.js'
import { NAMELESS_COLUMNS, RAW_COLUMNS, type RawRow } from './tally.js'
import type { StatusMask } from './users.js'

/** Where an hour's rows are in more blocks than these, they are found by their start. */
const MAX_EDGE_BLOCKS = 256

/** The same for the rows of one feature, of which a block has few. */
const MAX_NAMED_BLOCKS = 65_536

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

export function statusMask({ status, unsuccessful }: Question): StatusMask {
  const mask = status === undefined ? 2 ** STATUS_COUNT - 1 : 2 ** statusCode(status)
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
  take: (row: RawRow, instant: InstantReader) => void,
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
  take: (row: RawRow, instant: InstantReader) => void,
  columns = NAMELESS_COLUMNS,
): void {
  for (const [since, until] of edges) eachRowOfEdge(snapshot, { ...question, since, until }, take, columns)
}

/**
 * Gives the rows of less than an hour. Mostly they are neighbours, in some blocks; where they are strewn, the index of start
 * times finds them.
 */
function eachRowOfEdge(
  snapshot: Snapshot,
  question: Question,
  take: (row: RawRow, instant: InstantReader) => void,
  columns: string,
): void {
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
export function eachRowOf(
  snapshot: Snapshot,
  question: Question,
  take: (row: RawRow, instant: InstantReader) => void,
): void {
  const { where, values } = conditionOf(question)
  eachRow(snapshot, where, values, take, false)
}

function eachRow(
  snapshot: Snapshot,
  where: string,
  values: readonly SqlValue[],
  take: (row: RawRow, instant: InstantReader) => void,
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
