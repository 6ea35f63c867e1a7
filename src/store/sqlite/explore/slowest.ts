import { and, conditionOf, type Question } from '../filter.js'
import { questionAbout } from '../rollup/counts.js'
import { storedCategory } from '../rollup/dictionary.js'
import { HOUR_MICROS, HOURS_PER_DAY } from '../rollup/instant.js'
import { frozenQuestion, narrowestIndex, type Parts, partsOf, statusMask } from '../rollup/parts.js'
import type { Span } from '../rollup/period.js'
import type { Snapshot } from '../rollup/snapshot.js'
import { tallyOf } from '../rollup/stats.js'
import type { Row, SqlValue } from '../rows.js'
import { COLUMNS } from '../schema.js'

/** Where an hour's rows are in more blocks than these, they are found by their start. */
const MAX_BLOCKS = 256

/** A value of a histogram times this is no longer than any call that it stands for. */
const HISTOGRAM_ERROR = 0.98

const SELECT = `SELECT ${COLUMNS.join(', ')} FROM feature_usage`
const ORDER = 'ORDER BY duration DESC, id DESC LIMIT ?'

/** Where there are more subjects, an hour is not divided by features. */
const MAX_SUBJECTS = 2000

/** A day, an hour, or the calls of one feature in an hour, and the longest duration in it. */
interface Stretch {
  readonly kind: 'day' | 'hour' | 'feature'
  readonly at: number
  readonly max: number
  /** Of a feature. */
  readonly subject?: number
}

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
  return snapshot.kept(hour[0] / HOUR_MICROS, key, () => rowsOf(snapshot, question, hour, limit))
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

/** Days, hours and features that are still to be looked through. */
class Stretches {
  readonly #snapshot: Snapshot
  readonly #question: Question
  readonly #subjects: readonly number[]
  readonly #statuses: number
  /** Whether an hour has to be divided by features: most of them are far from having the longest calls. */
  readonly hasFeatures: boolean
  /** Ascending: the longest is at the end. */
  readonly #waiting: Stretch[] = []

  constructor(snapshot: Snapshot, question: Question, parts: Parts) {
    this.#snapshot = snapshot
    this.#question = question
    this.#subjects = snapshot.subjects(question.featureName, question.category)
    this.#statuses = statusMask(question)
    this.hasFeatures = question.featureName === undefined && snapshot.lastSubject() < MAX_SUBJECTS
    if (this.#subjects.length === 0) return
    for (const day of snapshot.days(parts.days)) this.#add('daily', day)
    for (const span of parts.hours) for (const hour of snapshot.hours(span)) this.#add('hourly', hour)
    this.#sort()
  }

  take(): Stretch | undefined {
    return this.#waiting.pop()
  }

  /** The question about a stretch alone; undefined where it asks for nothing of it. */
  questionOf({ subject }: Stretch): Question | undefined {
    if (subject === undefined) return this.#question
    const [named] = this.#snapshot.subjectRows(
      'SELECT id, feature_name, category, calls FROM feature_rollup_subjects WHERE id = ? AND kind = 0',
      subject,
    )
    if (named === undefined) return undefined
    const [, featureName, category] = named
    const wanted = this.#question.category
    if (wanted !== undefined && storedCategory(wanted) !== category) return undefined
    return questionAbout(this.#question, { subject, featureName, category })
  }

  /** @param threshold hours without a call as long as this are left out */
  addHours(day: number, threshold: number): void {
    for (let hour = 0; hour < HOURS_PER_DAY; hour++) this.#add('hourly', day * HOURS_PER_DAY + hour, threshold)
    this.#sort()
  }

  /** @param threshold features without a call as long as this are left out */
  addFeatures(hour: number, threshold: number): void {
    const longest = new Map<number, number>()
    for (const [subject, status, max] of this.#snapshot.statements.rows<[number, number, number]>(
      'SELECT subject_id, status, duration_max FROM feature_rollup_hourly WHERE hour = ? AND duration_max >= ?',
      hour,
      threshold,
    ))
      if (((this.#statuses >>> status) & 1) === 1) longest.set(subject, Math.max(max, longest.get(subject) ?? -Infinity))
    for (const [subject, max] of longest) this.#waiting.push({ kind: 'feature', at: hour, max, subject })
    this.#sort()
  }

  #add(table: 'daily' | 'hourly', at: number, threshold = -Infinity): void {
    let max = -Infinity
    const column = table === 'daily' ? 'day' : 'hour'
    for (const subject of this.#subjects)
      for (const [status, longest] of this.#snapshot.statements.rows<[status: number, longest: number]>(
        `SELECT status, duration_max FROM feature_rollup_${table} WHERE ${column} = ? AND subject_id = ?`,
        at,
        subject,
      ))
        if (((this.#statuses >>> status) & 1) === 1) max = Math.max(max, longest)
    if (max > -Infinity && max >= threshold) this.#waiting.push({ kind: table === 'daily' ? 'day' : 'hour', at, max })
  }

  #sort(): void {
    this.#waiting.sort((a, b) => a.max - b.max)
  }
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
