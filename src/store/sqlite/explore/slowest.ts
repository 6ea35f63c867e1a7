import { and, conditionOf, type Question } from '../filter.js'
import { DAY_MICROS, HOUR_MICROS } from '../rollup/instant.js'
import { frozenQuestion, narrowestIndex, partsOf } from '../rollup/parts.js'
import type { Span } from '../rollup/period.js'
import type { Snapshot } from '../rollup/snapshot.js'
import { tallyOf } from '../rollup/stats.js'
import type { Row, SqlValue } from '../rows.js'
import { COLUMNS } from '../schema.js'
import { Stretches } from './stretches.js'

/** Where an hour's rows are in more blocks than these, they are found by their start. */
const MAX_BLOCKS = 256

/** A value of a histogram times this is no longer than any call that it stands for. */
const HISTOGRAM_ERROR = 0.98

/** About what a row takes in memory. */
const ROW_BYTES = 1000

const SELECT = `SELECT ${COLUMNS.join(', ')} FROM feature_usage`
const ORDER = 'ORDER BY duration DESC, id DESC LIMIT ?'

/**
 * The longest calls. Days, hours and the features in them are looked through by the longest call that their sums know of,
 * until no one that is left can have a longer one than those found.
 */
export function slowestRows(snapshot: Snapshot, question: Question, limit: number): Row[] {
  if (question.users !== undefined) {
    const { where, values } = conditionOf(question, undefined, 'user_id')
    return snapshot.statements.rows<Row>(`${SELECT}${where} ${ORDER}`, ...values, limit)
  }
  const asked = frozenQuestion(snapshot, question)
  const least = asked.rows === undefined ? leastOf(snapshot, asked, limit) : -Infinity
  const rows = longestRows(snapshot, asked, new Longest(limit, least))
  // Sums outlive the rows that retention removes: then shorter calls are among the longest.
  const isShort = rows.length < limit && least > -Infinity
  return isShort ? longestRows(snapshot, asked, new Longest(limit, -Infinity)) : rows
}

function longestRows(snapshot: Snapshot, asked: Question, found: Longest): Row[] {
  const { limit } = found
  const parts = partsOf(snapshot, asked)
  const { where, values } = conditionOf(atLeast(asked, found.threshold))
  const tail = `${SELECT}${and(where, 'rowid > ?')} ${ORDER}`
  found.add(snapshot.statements.rows<Row>(tail, ...values, snapshot.watermark, limit))
  if (!parts.isEver)
    for (const edge of parts.edges) found.add(rowsOf(snapshot, atLeast(asked, found.threshold), edge, limit))
  const stretches = new Stretches(snapshot, asked, parts)
  for (let next = stretches.take(); next !== undefined && next.max >= found.threshold; next = stretches.take())
    if (next.kind === 'day') stretches.addHours(next.at, found.threshold)
    else if (next.kind === 'hour' && stretches.hasFeatures) stretches.addFeatures(next.at, found.threshold)
    else {
      const about = stretches.questionOf(next)
      if (about !== undefined) found.add(keptRowsOf(snapshot, atLeast(about, found.threshold), hourOf(next.at), limit))
    }
  return found.rows
}

function hourOf(hour: number): Span {
  return [hour * HOUR_MICROS, (hour + 1) * HOUR_MICROS]
}

/** The question without calls that are too short to be among those wanted. */
function atLeast(question: Question, threshold: number): Question {
  const minDuration = Math.max(threshold, question.rows?.minDuration ?? -Infinity)
  return minDuration === -Infinity ? question : { ...question, rows: { ...question.rows, minDuration } }
}

/** A duration that the last of the longest calls has at the least, by the histograms, whose values are within 1 %. */
function leastOf(snapshot: Snapshot, question: Question, limit: number): number {
  const durations = [...tallyOf(snapshot, { ...question, leaveOutUsers: true }).tally.durations()]
  let seen = 0
  for (const [duration, calls] of durations.toSorted(([a], [b]) => b - a)) {
    seen += calls
    if (seen >= limit) return duration * HISTOGRAM_ERROR
  }
  return -Infinity
}

/** As `rowsOf`, of a whole hour; kept for the next time, as the same hours are looked through again. */
function keptRowsOf(snapshot: Snapshot, question: Question, hour: Span, limit: number): Row[] {
  const key = JSON.stringify([question, ...hour, limit])
  return snapshot.kept(Math.floor(hour[0] / DAY_MICROS), key, () => rowsOf(snapshot, question, hour, limit), ROW_BYTES)
}

/** The longest calls of less than an hour or of one, of those that are in the sums. */
function rowsOf(snapshot: Snapshot, question: Question, [since, until]: Span, limit: number): Row[] {
  const { watermark } = snapshot
  const within = {
    ...question,
    since: Math.max(since, question.since),
    until: Math.min(until, question.until),
  }
  const runs = snapshot.rowidRuns([Math.floor(since / 1e6), Math.ceil(until / 1e6)], MAX_BLOCKS)
  const select = (by: 'start_time' | 'rows', range: string, ...bound: SqlValue[]): Row[] => {
    const index = by === 'rows' ? narrowestIndex(question) : by
    const { where, values } = conditionOf(within, snapshot.textForms, index)
    return snapshot.statements.rows<Row>(`${SELECT}${and(where, range)} ${ORDER}`, ...values, ...bound, limit)
  }
  if (runs === undefined) return select('start_time', 'rowid <= ?', watermark)
  return runs.flatMap(([from, to]) => select('rows', 'rowid BETWEEN ? AND ?', from, Math.min(to, watermark)))
}

/** The longest of the rows that come. */
class Longest {
  readonly limit: number
  readonly #least: number
  rows: Row[] = []

  /** @param least no call that is wanted is shorter */
  constructor(limit: number, least: number) {
    this.limit = limit
    this.#least = least
  }

  /** A stretch without a call as long as this is of no use. */
  get threshold(): number {
    return this.rows.length < this.limit ? this.#least : (this.rows.at(-1) as Row)[4]
  }

  add(rows: readonly Row[]): void {
    if (rows.length === 0) return
    this.rows = [...this.rows, ...rows].toSorted((a, b) => b[4] - a[4] || (a[0] < b[0] ? 1 : -1)).slice(0, this.limit)
  }
}
