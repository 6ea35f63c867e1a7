import { daysOfHours } from './day-hours.js'
import { CHUNK_USERS, statusesOf } from './members.js'
import type { UserBits } from './kept-days.js'
import type { Span } from './period.js'
import type { Snapshot } from './snapshot.js'

/** Bits of the statuses that are asked for. */
export type StatusMask = number

/** A set of users: ids of the dictionary, and the texts of those who are not in it yet. */
export class UserSet {
  readonly #chunks = new Map<number, Uint32Array>()
  readonly #texts = new Set<string>()
  #size = 0
  /** The first users, as long as no others come: most sets are those of one day. */
  #only: UserBits | undefined

  get size(): number {
    return this.#size + this.#texts.size
  }

  add(id: number): void {
    const bits = this.#chunk(Math.floor(id / CHUNK_USERS))
    const place = id % CHUNK_USERS
    const word = bits[place >>> 5] as number
    const bit = 1 << (place & 31)
    if ((word & bit) !== 0) return
    bits[place >>> 5] = word | bit
    this.#size++
  }

  #chunk(chunk: number): Uint32Array {
    if (this.#only !== undefined) for (const [at, users] of this.#only) this.#chunks.set(at, users.slice())
    this.#only = undefined
    let bits = this.#chunks.get(chunk)
    if (bits === undefined) this.#chunks.set(chunk, (bits = new Uint32Array(CHUNK_USERS / 32)))
    return bits
  }

  /** A user of a row. */
  addText(snapshot: Snapshot, userId: string): void {
    const id = snapshot.userId(userId)
    if (id === undefined) this.#texts.add(userId)
    else this.add(id)
  }

  /** The users of some subjects in a span of hours. */
  addHours(snapshot: Snapshot, subjects: readonly number[], statuses: StatusMask, hours: Span): void {
    for (const [day, hourMask] of daysOfHours(snapshot, hours))
      for (const subject of subjects) this.addBits(snapshot.usersOfDay(day, subject, statuses, hourMask))
  }

  /** @param users that do not change */
  addBits(users: UserBits): void {
    if (this.#only === undefined && this.#chunks.size === 0) {
      this.#only = users
      this.#size = sizeOf(users)
      return
    }
    for (const [chunk, more] of users) {
      const bits = this.#chunk(chunk)
      for (let word = 0; word < bits.length; word++) {
        const before = bits[word] as number
        const added = (more[word] as number) & ~before
        if (added === 0) continue
        bits[word] = before | added
        this.#size += countBits(added)
      }
    }
  }

  /** The users of some subjects of all time. */
  addEver(snapshot: Snapshot, subjects: readonly number[], statuses: StatusMask): void {
    for (const subject of subjects)
      for (const [chunk, members] of snapshot.userChunks(subject))
        for (let at = 0; at < members.length; at += 2)
          if (((members[at + 1] as number) & statuses) !== 0) this.add(chunk * CHUNK_USERS + (members[at] as number))
  }
}

const sizes = new WeakMap<UserBits, number>()

function sizeOf(users: UserBits): number {
  let size = sizes.get(users)
  if (size === undefined) {
    size = 0
    for (const bits of users.values()) for (const word of bits) size += countBits(word)
    sizes.set(users, size)
  }
  return size
}

/** By pairs, then by fours and eights, whose numbers a product adds up. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/**
 * The number of users of one subject of all time: those that its row counts, and those of rows that are not in the sums
 * yet and who are new.
 */
export class EverUsers {
  readonly #snapshot: Snapshot
  readonly #subject: number
  readonly #statuses: StatusMask
  readonly #new = new UserSet()
  readonly #chunks = new Map<number, Buffer | undefined>()

  constructor(snapshot: Snapshot, subject: number, statuses: StatusMask) {
    this.#snapshot = snapshot
    this.#subject = subject
    this.#statuses = statuses
  }

  addText(userId: string): void {
    const id = this.#snapshot.userId(userId)
    if (id === undefined || !this.#isKnown(id)) this.#new.addText(this.#snapshot, userId)
  }

  /** @param counted users that the subject's row has */
  size(counted: number): number {
    return counted + this.#new.size
  }

  #isKnown(id: number): boolean {
    const chunk = Math.floor(id / CHUNK_USERS)
    if (!this.#chunks.has(chunk)) this.#chunks.set(chunk, this.#snapshot.userChunk(this.#subject, chunk))
    const members = this.#chunks.get(chunk)
    return members !== undefined && (statusesOf(members, id % CHUNK_USERS) & this.#statuses) !== 0
  }
}
