import type { Question } from '../filter.js'
import { NO_SECOND } from './blocks.js'
import { HOURS_PER_DAY } from './instant.js'
import { CHUNK_USERS, eachDayMember, statusesOf } from './members.js'
import { statusMask } from './parts.js'
import type { Snapshot } from './snapshot.js'

const SECONDS_PER_HOUR = 3600

/** Blocks whose rows lie further apart are looked through without asking when the user was there. */
const MAX_DAYS = 32

/** The hours in which a user used a feature, or any of a category or all, with a status. */
export class UserHours {
  readonly #snapshot: Snapshot
  readonly #subjects: readonly number[]
  readonly #statuses: number
  readonly #ids: number[]
  /** By day, the hours as bits. */
  readonly #days = new Map<number, number>()

  /** @param users the forms of the user's id */
  constructor(snapshot: Snapshot, question: Question, users: readonly string[]) {
    this.#snapshot = snapshot
    this.#subjects = snapshot.subjects(question.featureName, question.category)
    this.#statuses = statusMask(question)
    this.#ids = users.map((user) => snapshot.userId(user)).filter((id) => id !== undefined)
  }

  /** Whether the user was never there. */
  get isEmpty(): boolean {
    const isKnown = (subject: number, id: number) => {
      const members = this.#snapshot.userChunk(subject, Math.floor(id / CHUNK_USERS))
      return members !== undefined && (statusesOf(members, id % CHUNK_USERS) & this.#statuses) !== 0
    }
    return !this.#subjects.some((subject) => this.#ids.some((id) => isKnown(subject, id)))
  }

  /** Whether the user was there between two seconds. */
  meets(minSecond: number, maxSecond: number): boolean {
    if (maxSecond === NO_SECOND) return true
    const [first, last] = [Math.floor(minSecond / SECONDS_PER_HOUR), Math.floor(maxSecond / SECONDS_PER_HOUR)]
    if (last - first > MAX_DAYS * HOURS_PER_DAY) return true
    for (let hour = first; hour <= last; hour++) if (this.#has(hour)) return true
    return false
  }

  #has(hour: number): boolean {
    const day = Math.floor(hour / HOURS_PER_DAY)
    let hours = this.#days.get(day)
    if (hours === undefined) this.#days.set(day, (hours = this.#load(day)))
    return ((hours >>> (hour - day * HOURS_PER_DAY)) & 1) === 1
  }

  #load(day: number): number {
    let found = 0
    for (const subject of this.#subjects)
      for (const id of this.#ids) {
        const members = this.#snapshot.userChunkOfDay(day, subject, Math.floor(id / CHUNK_USERS))
        if (members === undefined) continue
        eachDayMember(members, (place, status, hours) => {
          if (place === id % CHUNK_USERS && ((this.#statuses >>> status) & 1) === 1) found |= hours
        })
      }
    return found
  }
}
