import type { FeatureCategory } from '../../../record/index.js'
import type { Question } from '../filter.js'
import { settleEdges } from './edges.js'
import { eachEdgeRow, type Parts, statusMask } from './parts.js'
import type { Snapshot } from './snapshot.js'
import type { StatusMask } from './users.js'

/** A feature of a category in the sums. */
export interface NamedSubject {
  readonly subject: number
  readonly featureName: string
  readonly category: string
}

/** The question about one feature of it. */
export function questionAbout(question: Question, { featureName, category }: NamedSubject): Question {
  return { ...question, featureName, category: category as FeatureCategory }
}

/** Tells how many calls of a feature are asked for: of those in the sums, and little else, so that many can be asked. */
export class CallCounts {
  readonly #snapshot: Snapshot
  readonly #question: Question
  readonly #parts: Parts
  readonly #statuses: StatusMask
  readonly #days: readonly number[]
  readonly #hours: readonly number[]

  constructor(snapshot: Snapshot, question: Question, parts: Parts) {
    this.#snapshot = snapshot
    this.#question = question
    this.#parts = parts
    this.#statuses = statusMask(question)
    this.#days = parts.isEver ? [] : [...snapshot.days(parts.days)]
    this.#hours = parts.isEver ? [] : parts.hours.flatMap((hours) => [...snapshot.hours(hours)])
  }

  /** Look-ups that one feature takes at the least. */
  get cost(): number {
    return 1 + this.#days.length + this.#hours.length + this.#parts.edges.length
  }

  callsOf(feature: NamedSubject): number {
    const { subject } = feature
    if (this.#parts.isEver)
      return this.#sum('feature_rollup_totals WHERE id BETWEEN ? AND ?', subject * 8, subject * 8 + 7)
    let calls = 0
    for (const day of this.#days)
      calls += this.#sum('feature_rollup_daily WHERE day = ? AND subject_id = ?', day, subject)
    for (const hour of this.#hours) calls += this.#callsOfHour(hour, subject)
    return calls + this.#callsOfEdges(feature)
  }

  #callsOfEdges(feature: NamedSubject): number {
    const { edges, hours } = settleEdges(this.#snapshot, [feature.subject], this.#statuses, this.#parts)
    let calls = 0
    for (const [hour] of hours.slice(this.#parts.hours.length)) calls += this.#callsOfHour(hour, feature.subject)
    const count = () => {
      calls++
    }
    eachEdgeRow(this.#snapshot, questionAbout(this.#question, feature), edges, count)
    return calls
  }

  #callsOfHour(hour: number, subject: number): number {
    return this.#sum('feature_rollup_hourly WHERE hour = ? AND subject_id = ?', hour, subject)
  }

  #sum(source: string, ...key: number[]): number {
    let sum = 0
    for (const [status, calls] of this.#snapshot.statements.rows<[number, number]>(
      `SELECT status, calls FROM ${source}`,
      ...key,
    ))
      if (((this.#statuses >>> status) & 1) === 1) sum += calls
    return sum
  }
}
