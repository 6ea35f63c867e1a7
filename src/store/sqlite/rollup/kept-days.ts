import type { RawRow, SumRow } from './tally.js'

/** What is kept takes about so many bytes; then what was not asked for lately goes. */
const MAX_BYTES = 32 * 1024 * 1024

/** Texts of users whose ids are remembered. */
const MAX_USERS = 50_000

/** Spans that are remembered. */
const MAX_SPANS = 100

const SET_BYTES = 200
const ROW_BYTES = 400
const SUMS_BYTES = 600

/** A row with its start. */
export interface TimedRow {
  readonly row: RawRow
  readonly micros: number
  readonly hour: number
}

/** A set of users, as bits of each chunk. */
export type UserBits = ReadonlyMap<number, Uint32Array>

/** What was read of a day in the sums. */
export class KeptDay {
  /** By subject, statuses and hours. */
  readonly users = new Map<string, UserBits>()
  /** Of the day or an hour, by subject. */
  readonly sums = new Map<string, SumRow[]>()
  /** By hour and feature, the rows that are in the sums. */
  readonly rows = new Map<string, readonly TimedRow[]>()
  /** Lists, by what was asked. */
  readonly found = new Map<string, readonly unknown[]>()
  readonly calls: number
  bytes = 0
  /** One that is still being asked, but is not kept any more. */
  isDropped = false

  /** @param calls of the day */
  constructor(calls: number) {
    this.calls = calls
  }
}

/**
 * What a connection keeps of days from one question to the next: a page asks for the same days again and again, and those
 * that are over do not change. A day is read anew when its number of calls in the sums has changed, all of them when the
 * sums were begun anew.
 */
export class KeptDays {
  /** Those that were asked for lately are at the end. */
  readonly #days = new Map<number, KeptDay>()
  readonly #users = new Map<string, number>()
  #bytes = 0
  #state = ''
  #version: unknown
  /** Days and hours that have sums, by the span that was asked for; only for as long as nothing is written. */
  readonly spans = new Map<string, readonly number[]>()
  /** The calls of days, likewise. */
  readonly calls = new Map<number, number>()

  /**
   * @param state differs where the sums were begun anew
   * @param version differs where anything was written
   */
  check(state: string, version: unknown): void {
    if (version !== this.#version || this.spans.size > MAX_SPANS) {
      this.#version = version
      this.spans.clear()
      this.calls.clear()
    }
    if (state === this.#state) return
    this.#state = state
    this.#users.clear()
    for (const [day, kept] of this.#days) this.#drop(day, kept)
  }

  /** @param calls of the day by the sums as they are now */
  day(day: number, calls: number): KeptDay {
    let kept = this.#days.get(day)
    if (kept !== undefined) this.#drop(day, kept)
    if (kept?.calls !== calls) kept = new KeptDay(calls)
    kept.isDropped = false
    this.#days.set(day, kept)
    this.#bytes += kept.bytes
    return kept
  }

  keepUsers(day: KeptDay, key: string, users: UserBits): void {
    day.users.set(key, users)
    this.#grow(day, (users.size + 1) * SET_BYTES)
  }

  keepSums(day: KeptDay, key: string, rows: SumRow[]): void {
    day.sums.set(key, rows)
    this.#grow(day, (rows.length + 1) * SUMS_BYTES)
  }

  keepRows(day: KeptDay, key: string, rows: readonly TimedRow[]): void {
    day.rows.set(key, rows)
    this.#grow(day, rows.length * ROW_BYTES)
  }

  keepFound(day: KeptDay, asked: string, rows: readonly unknown[], bytes: number): void {
    day.found.set(asked, rows)
    this.#grow(day, bytes + SET_BYTES)
  }

  userId(userId: string): number | undefined {
    return this.#users.get(userId)
  }

  keepUserId(userId: string, id: number): void {
    if (this.#users.size >= MAX_USERS) this.#users.clear()
    this.#users.set(userId, id)
  }

  #grow(day: KeptDay, bytes: number): void {
    if (day.isDropped) return
    day.bytes += bytes
    this.#bytes += bytes
    for (const [oldest, kept] of this.#days) {
      if (this.#bytes <= MAX_BYTES || kept === day) return
      this.#drop(oldest, kept)
    }
  }

  #drop(day: number, kept: KeptDay): void {
    this.#days.delete(day)
    this.#bytes -= kept.bytes
    kept.isDropped = true
  }
}
