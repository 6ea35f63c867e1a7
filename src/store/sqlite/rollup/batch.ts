import { blockOf, NO_SECOND } from './blocks.js'
import { ALL_CALLS, type Dictionary, type Subject } from './dictionary.js'
import { DAY_MICROS, HOURS_PER_DAY, InstantReader } from './instant.js'
import type { KeyCache } from './key-cache.js'
import { CHUNK_USERS, memberCode } from './members.js'
import { statusCode } from './status.js'
import { type Cell, numberOf, Sums } from './sums.js'

/** A subject and a status in one number. */
export function subjectKey(subjectId: number, status: number): number {
  return subjectId * 8 + status
}

/** A subject and a chunk of users in one number: some millions of subjects, some hundreds of millions of users. */
export const CHUNKS = 2 ** 22

function chunkKey(subjectId: number, user: number): number {
  return subjectId * CHUNKS + Math.floor(user / CHUNK_USERS)
}

/** The hour of calls whose start is no time. */
export const NO_HOUR = Number.MIN_SAFE_INTEGER

export interface BlockRows {
  rows: number
  minSecond: number
  maxSecond: number
}

/** What a writer remembers of earlier transactions, to write nothing twice. */
export interface WrittenKeys {
  /** A subject's user, status and hour. */
  readonly hours: KeyCache
  /** A subject's user and status of all time. */
  readonly ever: KeyCache
}

/** The rows of one transaction, summed up in memory by subject of a feature; what is above follows from these. */
export class Batch {
  /** By hour, then by `subjectKey`. */
  readonly sums = new Map<number, Map<number, Sums>>()
  /** By day, then by subject and chunk: `memberCode`s that may be new. */
  readonly userDays = new Map<number, Map<number, number[]>>()
  readonly userTotals = new Map<number, number[]>()
  readonly blocks = new Map<number, BlockRows>()
  /** By `subjectKey`, the blocks that its rows are in. */
  readonly presence = new Map<number, number[]>()
  /** The category's subject of each subject that was met. */
  readonly categories = new Map<number, number>()
  textForms = 0

  readonly #dictionary: Dictionary
  readonly #written: WrittenKeys
  readonly #instant: InstantReader
  #hour = Number.NaN
  #ofHour = new Map<number, Sums>()
  #block = Number.NaN
  #ofBlock: BlockRows = { rows: 0, minSecond: 0, maxSecond: 0 }

  constructor(dictionary: Dictionary, written: WrittenKeys, instant: InstantReader) {
    this.#dictionary = dictionary
    this.#written = written
    this.#instant = instant
  }

  /**
   * Takes a row in.
   * @param values of rows in a flat list, in the order of the table's columns
   * @param at where the row begins in it
   * @param frozenBefore of a row that started before, only the block is noted: its sums are kept already
   */
  add(rowid: number, values: readonly Cell[], at: number, frozenBefore: number): void {
    const instant = this.#instant
    instant.read(String(values[at + 5]))
    this.textForms |= instant.form
    const subject = this.#dictionary.subject(String(values[at + 1]), String(values[at + 2]))
    const status = statusCode(String(values[at + 3]))
    const key = subjectKey(subject.id, status)
    this.#addToBlock(rowid, instant.micros, key, subject)
    if (instant.micros < frozenBefore) return
    this.#sumsOf(instant.hour, key).add(
      numberOf(values[at + 4]),
      instant.micros,
      values[at + 7],
      values[at + 8],
      values[at + 13],
      values[at + 14],
    )
    const user = values[at + 10]
    if (user !== null && user !== undefined) this.#addUser(subject, status, this.#dictionary.user(String(user)))
  }

  #sumsOf(hour: number, key: number): Sums {
    if (hour !== this.#hour) {
      const known = Number.isNaN(hour) ? NO_HOUR : hour
      let ofHour = this.sums.get(known)
      if (ofHour === undefined) this.sums.set(known, (ofHour = new Map()))
      this.#hour = hour
      this.#ofHour = ofHour
    }
    let sums = this.#ofHour.get(key)
    if (sums === undefined) this.#ofHour.set(key, (sums = new Sums()))
    return sums
  }

  /** A user is noted for the feature, and for its category and for all calls where that is news, too. */
  #addUser(subject: Subject, status: number, user: number): void {
    const { hour } = this.#instant
    if (!Number.isNaN(hour)) {
      // Whoever is known for the hour was noted for all time with it.
      if (!this.#addUserHour(subject.id, status, user, hour)) return
      this.#addUserHour(subject.categoryId, status, user, hour)
      this.#addUserHour(ALL_CALLS, status, user, hour)
    }
    if (this.#addUserEver(subject.id, status, user)) {
      this.#addUserEver(subject.categoryId, status, user)
      this.#addUserEver(ALL_CALLS, status, user)
    }
  }

  /** @returns whether it may be new */
  #addUserHour(subjectId: number, status: number, user: number, hour: number): boolean {
    if (this.#written.hours.add(hour * 2 ** 27 + user, subjectKey(subjectId, status))) return false
    const day = Math.floor(hour / HOURS_PER_DAY)
    let ofDay = this.userDays.get(day)
    if (ofDay === undefined) this.userDays.set(day, (ofDay = new Map()))
    push(ofDay, chunkKey(subjectId, user), memberCode(user % CHUNK_USERS, status, hour - day * HOURS_PER_DAY))
    return true
  }

  #addUserEver(subjectId: number, status: number, user: number): boolean {
    if (this.#written.ever.add(user, subjectKey(subjectId, status))) return false
    push(this.userTotals, chunkKey(subjectId, user), memberCode(user % CHUNK_USERS, status, 0))
    return true
  }

  #addToBlock(rowid: number, micros: number, key: number, subject: Subject): void {
    const block = blockOf(rowid)
    if (block !== this.#block) {
      this.#block = block
      let rows = this.blocks.get(block)
      if (rows === undefined) this.blocks.set(block, (rows = { rows: 0, minSecond: NO_SECOND, maxSecond: -NO_SECOND }))
      this.#ofBlock = rows
    }
    const second = Math.floor(micros / 1_000_000)
    const ofBlock = this.#ofBlock
    ofBlock.rows++
    if (second < ofBlock.minSecond) ofBlock.minSecond = second
    if (second > ofBlock.maxSecond) ofBlock.maxSecond = second
    else if (Number.isNaN(second)) ofBlock.maxSecond = NO_SECOND
    const blocks = this.presence.get(key)
    if (blocks === undefined) {
      this.presence.set(key, [block])
      this.categories.set(subject.id, subject.categoryId)
    } else if (blocks.at(-1) !== block) blocks.push(block)
  }
}

/** The first micros that are not frozen; nothing is before it when no day is. */
export function frozenMicros(frozenDay: number | null): number {
  return frozenDay === null ? -Infinity : frozenDay * DAY_MICROS
}

export function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
