import type { Question } from '../filter.js'
import type { SqlValue } from '../rows.js'
import { type Candidate, keyOf, looseRows, mostUsedFirst } from './candidates.js'
import { CallCounts, type NamedSubject, questionAbout } from './counts.js'
import { settleEdges } from './edges.js'
import { Group } from './group.js'
import { HOUR_MICROS } from './instant.js'
import { eachEdgeRow, type Parts, statusMask } from './parts.js'
import type { Snapshot } from './snapshot.js'
import { statusCode } from './status.js'

/** Of fewer features, all are summed up at once. */
const MANY_FEATURES = 1000

/** More rows than this beyond the watermark are not counted by name. */
const MAX_TAIL_ROWS = 20_000

/** A longer list is made from all features. */
const MAX_LIMIT = 10_000

/** Look-ups for features in the order of their calls of all time, before those of the period are sorted. */
const MAX_LOOK_UPS = 5000

/** A feature in the sums, and a number that its calls there do not exceed. */
type Bounded = [subject: number, featureName: string, category: string, bound: number]

/**
 * The features of a question by number of calls where there are very many: one after the other is counted, those that may
 * have most calls first, until none that is left can be among the wanted.
 *
 * @returns undefined where all features had better be summed up
 */
export function topOfMany(
  snapshot: Snapshot,
  question: Question,
  parts: Parts,
  limit: number,
): { candidate: Candidate; group: Group }[] | undefined {
  if (question.users !== undefined || question.featureName !== undefined || limit > MAX_LIMIT) return undefined
  if (!snapshot.hasTotals || snapshot.lastSubject() < MANY_FEATURES) return undefined
  if (snapshot.lastRowid() - snapshot.watermark > MAX_TAIL_ROWS) return undefined
  const counts = new CallCounts(snapshot, question, parts)
  const loose = looseRows(snapshot, question, { ...parts, edges: [] })
  const ranking = new Ranking(counts, loose, limit)
  for (const candidate of loose) ranking.addLoose(snapshot, candidate)
  const isComplete =
    ranking.takeFrom(byCallsEver(snapshot, question), MAX_LOOK_UPS / counts.cost) ||
    ranking.takeFrom(byCallsOfPeriod(snapshot, question, parts), Infinity)
  if (!isComplete) return undefined
  return ranking.best.map((candidate) => ({ candidate, group: groupOf(snapshot, question, parts, candidate) }))
}

/** The most used of the features that were counted. */
class Ranking {
  readonly best: Candidate[] = []
  readonly #counts: CallCounts
  readonly #limit: number
  /** What needs not be counted again: features with rows in no sum, and those of a former list. */
  readonly #known: Set<string>

  constructor(counts: CallCounts, loose: readonly Candidate[], limit: number) {
    this.#counts = counts
    this.#limit = limit
    this.#known = new Set(loose.map(keyOf))
  }

  /** A feature with rows that no sum has. */
  addLoose(snapshot: Snapshot, loose: Candidate): void {
    const [subject] = snapshot.subjects(loose.featureName, loose.category)
    const calls = subject === undefined ? 0 : this.#counts.callsOf({ ...loose, subject })
    this.#add({ ...loose, subject, calls: calls + loose.calls })
  }

  /**
   * @param source those with the highest bound first; equal bounds by name and category
   * @param most so many are counted
   * @returns whether that was enough
   */
  takeFrom(source: Iterable<Bounded>, most: number): boolean {
    let counted = 0
    for (const [subject, featureName, category, bound] of source) {
      if (this.#isBeyond({ featureName, category, calls: bound })) return true
      if (counted++ >= most) return false
      this.#count({ subject, featureName, category })
    }
    return true
  }

  #count(feature: NamedSubject): void {
    const key = keyOf(feature)
    if (this.#known.has(key)) return
    this.#known.add(key)
    const calls = this.#counts.callsOf(feature)
    if (calls > 0) this.#add({ ...feature, calls, loose: undefined })
  }

  #isBeyond(candidate: Pick<Candidate, 'featureName' | 'category' | 'calls'>): boolean {
    const last = this.best[this.#limit - 1]
    return last !== undefined && mostUsedFirst(last, candidate) <= 0
  }

  #add(candidate: Candidate): void {
    if (this.#isBeyond(candidate)) return
    let [from, to] = [0, this.best.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if (mostUsedFirst(this.best[middle] as Candidate, candidate) <= 0) from = middle + 1
      else to = middle
    }
    this.best.splice(from, 0, candidate)
    if (this.best.length > this.#limit) this.best.pop()
  }
}

/** No feature has more calls in a period than of all time, and an index has these in order. */
function byCallsEver(snapshot: Snapshot, { category }: Question): Iterable<Bounded> {
  const also = category === undefined ? '' : ' AND category = ?'
  return snapshot.statements.each(
    `SELECT id, feature_name, category, calls FROM feature_rollup_subjects
     WHERE kind = 0 AND calls > 0${also} ORDER BY calls DESC, feature_name, category`,
    ...(category === undefined ? [] : [category]),
  )
}

/** An hour at an edge counts in full where the feature has any call there. */
function byCallsOfPeriod(snapshot: Snapshot, question: Question, parts: Parts): Iterable<Bounded> {
  const { sql, values } = boundsOfPeriod(question, parts)
  const { category } = question
  return snapshot.statements.each(
    `SELECT f.id, f.feature_name, f.category, p.bound
     FROM (SELECT subject_id, sum(calls) AS bound FROM (${sql}) GROUP BY subject_id) AS p
     CROSS JOIN feature_rollup_subjects AS f ON f.id = p.subject_id
     WHERE f.kind = 0${category === undefined ? '' : ' AND f.category = ?'}
     ORDER BY p.bound DESC, f.feature_name, f.category`,
    ...values,
    ...(category === undefined ? [] : [category]),
  )
}

function boundsOfPeriod({ status }: Question, parts: Parts): { sql: string; values: SqlValue[] } {
  const values: SqlValue[] = []
  const also = status === undefined ? '' : ` AND status = ${statusCode(status)}`
  const source = (table: string, condition: string, ...bound: SqlValue[]) => {
    values.push(...bound)
    return `SELECT subject_id, calls FROM feature_rollup_${table} WHERE ${condition}${also}`
  }
  if (parts.isEver) return { sql: source('totals', '1'), values }
  const sources = [
    source('daily', 'day >= ? AND day < ?', ...parts.days),
    ...parts.hours.map((hours) => source('hourly', 'hour >= ? AND hour < ?', ...hours)),
    ...parts.edges.map(([since, until]) =>
      source(
        'hourly',
        'hour >= ? AND hour <= ? AND last_start >= ? AND first_start < ?',
        Math.floor(since / HOUR_MICROS),
        Math.floor(until / HOUR_MICROS),
        since,
        until,
      ),
    ),
  ]
  return { sql: sources.join(' UNION ALL '), values }
}

function groupOf(snapshot: Snapshot, question: Question, parts: Parts, candidate: Candidate): Group {
  const { subject } = candidate
  if (subject === undefined) return new Group(snapshot, [], question, parts)
  const settled = settleEdges(snapshot, [subject], statusMask(question), parts)
  const group = new Group(snapshot, [subject], question, settled)
  const about = questionAbout(question, { ...candidate, subject })
  eachEdgeRow(snapshot, about, settled.edges, (row, { micros }) => {
    group.addRow(row, micros)
  })
  return group
}
