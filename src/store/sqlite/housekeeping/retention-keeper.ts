import type { Database } from 'better-sqlite3'
import type { RetentionLimits } from '../protocol.js'
import { RowRemoval } from '../rollup/retention.js'
import { DAY_MICROS } from '../rollup/instant.js'
import { isBusy } from '../write/failure.js'
import { roughStartOfNth, startOfNth } from './cut.js'
import { Lease } from './lease.js'
import { Shrinking, spaceOf, writeBack } from './space.js'

/** How long one transaction may take: the writer's own records wait meanwhile. */
const STEP_MS = 8

/** Milliseconds between two looks whether anything has to go. */
const LOOK_MS = 60_000

/** Rows that go at once by size, as the part of the bytes that are too many, and of them at the least. */
const LEAST_ROWS = 500

/** Free space is given back when there is more than this part of the file. */
const FREE_SHARE = 0.05

const BYTES_PER_ROW = 600

/**
 * Removes old rows in the writer's thread, a little at a time, when nothing else is to be done there. Of several processes
 * one does it.
 */
export class RetentionKeeper {
  readonly #limits: RetentionLimits
  readonly #lease: Lease
  readonly #lookMs: number
  #nextLook = 0
  #isHolding = false
  #removal: RowRemoval | undefined
  #shrinking: Shrinking | undefined
  #database: Database | undefined

  /** @param lookMs milliseconds between two looks; tests give fewer */
  constructor(path: string, limits: RetentionLimits, lookMs = LOOK_MS) {
    this.#limits = limits
    this.#lease = new Lease(`${path}.retention`)
    this.#lookMs = lookMs
  }

  /**
   * Does one step.
   * @param database the writer's connection, outside of a transaction
   * @returns whether there is more to do soon
   * @throws what SQLite says, other than that another has the lock
   */
  step(database: Database): boolean {
    const now = Date.now()
    if (!this.#isHolding && now < this.#nextLook) return false
    if (database !== this.#database) this.#forget(database)
    try {
      return this.#advance(database, now)
    } catch (error) {
      if (!isBusy(error)) {
        this.close()
        this.#nextLook = now + this.#lookMs
        throw error
      }
      return this.#isHolding
    }
  }

  #advance(database: Database, now: number): boolean {
    if (!this.#isHolding) {
      this.#nextLook = now + this.#lookMs
      if (!this.#isDue(database, now) || !this.#lease.take()) return false
      this.#isHolding = true
    } else if (!this.#lease.renew()) {
      this.#forget(database)
      this.#isHolding = false
      return false
    }
    if (this.#work(database, now)) return true
    writeBack(database)
    this.close()
    return false
  }

  #isDue(database: Database, now: number): boolean {
    return this.#cut(database, now) !== undefined || this.#hasFreeSpace(database)
  }

  #work(database: Database, now: number): boolean {
    if (this.#removal === undefined) {
      const until = this.#cut(database, now)
      if (until !== undefined) this.#removal = new RowRemoval(database, { until })
    }
    if (this.#removal !== undefined) {
      if (!this.#removal.step(STEP_MS)) this.#removal = undefined
      return true
    }
    if (this.#shrinking === undefined && !this.#hasFreeSpace(database)) return false
    this.#shrinking ??= new Shrinking(database)
    return this.#shrinking.step(STEP_MS)
  }

  #hasFreeSpace(database: Database): boolean {
    const { bytes, freeBytes, canShrink } = spaceOf(database)
    if (!canShrink || freeBytes === 0) return false
    return freeBytes > bytes * FREE_SHARE || (this.#limits.maxBytes > 0 && bytes > this.#limits.maxBytes)
  }

  /** Before which time rows have to go, in microseconds; undefined where none has. */
  #cut(database: Database, now: number): number | undefined {
    const { days, maxBytes } = this.#limits
    const cuts: number[] = []
    const earliest = roughStartOfNth(database, 1)
    if (earliest === undefined) return undefined
    // By whole days: removed once a day, and no hour is cut in two.
    const oldest = Math.floor((now * 1000) / DAY_MICROS - days) * DAY_MICROS
    if (days > 0 && earliest < oldest) cuts.push(oldest)
    const { bytes, freeBytes } = spaceOf(database)
    const excess = bytes - freeBytes - maxBytes
    if (maxBytes > 0 && excess > 0) {
      const rows = Math.max(LEAST_ROWS, Math.ceil(excess / BYTES_PER_ROW))
      const last = roughStartOfNth(database, rows) ?? startOfNth(database, {}, 1, 'latest')
      if (last !== undefined) cuts.push(last + 1)
    }
    return cuts.length === 0 ? undefined : Math.max(...cuts)
  }

  #forget(database: Database | undefined): void {
    this.#removal = undefined
    this.#shrinking = undefined
    this.#database = database
  }

  close(): void {
    if (this.#isHolding) this.#lease.release()
    this.#isHolding = false
    this.#forget(undefined)
  }
}
