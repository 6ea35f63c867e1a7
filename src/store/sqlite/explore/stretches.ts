import type { Question } from '../filter.js'
import { questionAbout } from '../rollup/counts.js'
import { storedCategory } from '../rollup/dictionary.js'
import { HOURS_PER_DAY } from '../rollup/instant.js'
import { type Parts, statusMask } from '../rollup/parts.js'
import type { Snapshot } from '../rollup/snapshot.js'

/** A day, an hour, or the calls of one feature in an hour, and the longest duration in it. */
interface Stretch {
  readonly kind: 'day' | 'hour' | 'feature'
  readonly at: number
  readonly max: number
  /** Of a feature. */
  readonly subject?: number
}

/** Days, hours and features that are still to be looked through. */
export class Stretches {
  readonly #snapshot: Snapshot
  readonly #question: Question
  readonly #subjects: readonly number[]
  readonly #statuses: number
  /** Whether an hour has to be divided by features, if they are few: most of them are far from having the longest calls. */
  readonly hasFeatures: boolean
  readonly #asked = new Map<number, Question | undefined>()
  /** Ascending: the longest is at the end. */
  readonly #waiting: Stretch[] = []

  constructor(snapshot: Snapshot, question: Question, parts: Parts) {
    this.#snapshot = snapshot
    this.#question = question
    this.#subjects = snapshot.subjects(question.featureName, question.category)
    this.#statuses = statusMask(question)
    this.hasFeatures = question.featureName === undefined && snapshot.hasFewSubjects
    if (this.#subjects.length === 0) return
    for (const day of snapshot.days(parts.days)) this.#add('day', day, this.#longestOfDay(day))
    for (const span of parts.hours)
      for (const hour of snapshot.hours(span)) this.#add('hour', hour, this.#longestOf('hourly', hour))
    this.#sort()
  }

  take(): Stretch | undefined {
    return this.#waiting.pop()
  }

  /** The question about a stretch alone; undefined where it asks for nothing of it. */
  questionOf({ subject }: Stretch): Question | undefined {
    if (subject === undefined) return this.#question
    if (!this.#asked.has(subject)) this.#asked.set(subject, this.#questionAbout(subject))
    return this.#asked.get(subject)
  }

  #questionAbout(subject: number): Question | undefined {
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
    const key = `hours ${this.#subjects.join(' ')} ${this.#statuses}`
    const longest = this.#snapshot.kept(day, key, () =>
      Array.from({ length: HOURS_PER_DAY }, (_, hour) => this.#longestOf('hourly', day * HOURS_PER_DAY + hour)),
    )
    for (const [hour, max] of longest.entries())
      if (max > -Infinity && max >= threshold) this.#waiting.push({ kind: 'hour', at: day * HOURS_PER_DAY + hour, max })
    this.#sort()
  }

  /** @param threshold features without a call as long as this are left out */
  addFeatures(hour: number, threshold: number): void {
    const key = `features ${hour} ${this.#statuses}`
    const longest = this.#snapshot.kept(Math.floor(hour / HOURS_PER_DAY), key, () => this.#longestByFeature(hour))
    for (const [subject, max] of longest)
      if (max >= threshold) this.#waiting.push({ kind: 'feature', at: hour, max, subject })
    this.#sort()
  }

  #longestByFeature(hour: number): readonly [subject: number, max: number][] {
    const found = new Map<number, number>()
    for (const [subject, status, max] of this.#snapshot.statements.rows<[number, number, number]>(
      'SELECT subject_id, status, duration_max FROM feature_rollup_hourly WHERE hour = ?',
      hour,
    ))
      if (((this.#statuses >>> status) & 1) === 1) found.set(subject, Math.max(max, found.get(subject) ?? -Infinity))
    return [...found]
  }

  #add(kind: 'day' | 'hour', at: number, max: number): void {
    if (max > -Infinity) this.#waiting.push({ kind, at, max })
  }

  #longestOfDay(day: number): number {
    const key = `longest ${this.#subjects.join(' ')} ${this.#statuses}`
    return this.#snapshot.kept(day, key, () => [this.#longestOf('daily', day)])[0] as number
  }

  #longestOf(table: 'daily' | 'hourly', at: number): number {
    const column = table === 'daily' ? 'day' : 'hour'
    let max = -Infinity
    for (const subject of this.#subjects)
      for (const [status, longest] of this.#snapshot.statements.rows<[status: number, longest: number]>(
        `SELECT status, duration_max FROM feature_rollup_${table} WHERE ${column} = ? AND subject_id = ?`,
        at,
        subject,
      ))
        if (((this.#statuses >>> status) & 1) === 1) max = Math.max(max, longest)
    return max
  }

  #sort(): void {
    this.#waiting.sort((a, b) => a.max - b.max)
  }
}
