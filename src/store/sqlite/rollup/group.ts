import type { Question } from '../filter.js'
import { daysOfHours } from './day-hours.js'
import { type Parts, statusMask } from './parts.js'
import type { Snapshot } from './snapshot.js'
import { type RawRow, type SumRow, Tally } from './tally.js'
import { EverUsers, type StatusMask, UserSet } from './users.js'

/** What the calls of some subjects come to: first from the sums, then row by row. */
export class Group {
  readonly tally = new Tally()
  readonly #snapshot: Snapshot
  readonly #users: EverUsers | UserSet
  readonly #countsUsers: boolean
  #counted = 0

  /** @param subjects of one feature, or one other; together they are what the question asks for */
  constructor(snapshot: Snapshot, subjects: readonly number[], question: Question, parts: Parts) {
    this.#snapshot = snapshot
    const statuses = statusMask(question)
    const [first] = subjects
    this.#countsUsers = question.leaveOutUsers !== true
    if (parts.isEver && first !== undefined && subjects.length === 1) {
      this.#users = new EverUsers(snapshot, first, statuses)
      this.#counted = question.status === undefined ? snapshot.usersOf(first) : 0
    } else this.#users = new UserSet()
    for (const subject of subjects) {
      if (parts.isEver) this.#addTotals(subject, question, statuses)
      else addPeriod(this.tally, snapshot, subject, statuses, parts)
    }
    if (!(this.#users instanceof UserSet) || !this.#countsUsers) return
    if (parts.isEver) this.#users.addEver(snapshot, subjects, statuses)
    else this.#users.addHours(snapshot, subjects, statuses, parts.whole)
  }

  addRow(row: RawRow, micros: number): void {
    this.tally.addRow(row, micros)
    if (row[7] !== null) this.#addUser(row[7])
  }

  /** Rows that were summed up already, and their users. */
  addLoose(tally: Tally, users: ReadonlySet<string>): void {
    this.tally.merge(tally)
    for (const user of users) this.#addUser(user)
  }

  #addUser(userId: string): void {
    if (!this.#countsUsers) return
    if (this.#users instanceof UserSet) this.#users.addText(this.#snapshot, userId)
    else this.#users.addText(userId)
  }

  /** 0 where they are not counted. */
  get users(): number {
    if (!this.#countsUsers) return 0
    return this.#users instanceof UserSet ? this.#users.size : this.#users.size(this.#counted)
  }

  #addTotals(subject: number, { status }: Question, statuses: StatusMask): void {
    for (const row of this.#snapshot.totals(subject)) {
      if (((statuses >>> row[0]) & 1) === 0) continue
      this.tally.addSums(row as unknown as SumRow)
      if (status !== undefined) this.#counted += row[15]
    }
  }
}

function addPeriod(tally: Tally, snapshot: Snapshot, subject: number, statuses: StatusMask, parts: Parts): void {
  const add = (row: SumRow) => {
    if (((statuses >>> row[0]) & 1) === 1) tally.addSums(row)
  }
  for (const day of snapshot.days(parts.days)) snapshot.sumsOfDay(day, subject).forEach(add)
  for (const hours of parts.hours)
    for (const [day, hourMask] of daysOfHours(snapshot, hours))
      snapshot.sumsOfHours(day, subject, hourMask).forEach(add)
}
