import type { Database, Statement } from 'better-sqlite3'
import { parseTimeText, timeText } from '../../../record/index.js'
import { farTimeText, MAX_OFFSET_MICROS } from '../filter.js'
import { InstantReader, UTC_TEXT } from '../rollup/instant.js'

export type Order = 'latest' | 'earliest'

/** Rows whose times follow each other as text. */
interface Piece {
  /** The first time of the piece, in its order, which is in it. */
  readonly from: string
  /** The first time that is not in it any more. */
  readonly to: string
  readonly rows: number
}

/** Before and after all times as text. */
const LOWEST = ''
const HIGHEST = ':'

/**
 * The rows of a file in the order of the index of their times. Times that are UTC sort as text; local ones, which the
 * original writes, are off by what their zone is: among them, rows near the place that is sought are looked at.
 */
export class TimeIndex {
  readonly #database: Database
  readonly #isExact: boolean
  readonly #walk: number

  /**
   * @param forms in which the times are written (rollup/instant.ts): UTC and local
   * @param walk rows that one statement walks over
   */
  constructor(database: Database, forms: number, walk: number) {
    this.#database = database
    this.#isExact = forms <= UTC_TEXT
    this.#walk = walk
  }

  /** How many rows started before a time. @param micros microseconds; Infinity for all rows */
  countBefore(micros: number): number {
    if (micros === Infinity) return this.#count(LOWEST, HIGHEST)
    if (this.#isExact) return this.#count(LOWEST, timeText(micros))
    const lower = farTimeText(micros - MAX_OFFSET_MICROS)
    const near = this.#starts(lower, farTimeText(micros + MAX_OFFSET_MICROS))
    return this.#count(LOWEST, lower) + near.filter((start) => start < micros).length
  }

  /** @param n counts from 1 @returns microseconds; undefined where there are fewer rows */
  startOfNth(n: number, order: Order): number | undefined {
    const text = this.#nthText(n, order)
    const about = text === undefined ? undefined : parseTimeText(text)
    if (about === undefined || this.#isExact) return about
    // Each row is at most the offset away from where the text has it, and so is the n-th of them.
    const lower = farTimeText(about - 2 * MAX_OFFSET_MICROS)
    const upper = farTimeText(about + 2 * MAX_OFFSET_MICROS)
    const near = this.#starts(lower, upper)
    return order === 'latest'
      ? near[near.length - (n - this.#count(upper, HIGHEST))]
      : near[n - this.#count(LOWEST, lower) - 1]
  }

  #count(from: string, to: string): number {
    let rows = 0
    for (const piece of this.#pieces('earliest', from, to)) rows += piece.rows
    return rows
  }

  #nthText(n: number, order: Order): string | undefined {
    let before = 0
    const [start, end] = order === 'latest' ? [HIGHEST, LOWEST] : [LOWEST, HIGHEST]
    for (const { from, to, rows } of this.#pieces(order, start, end)) {
      if (before + rows >= n) return statements(this.#database, order).time.get(from, to, n - before - 1)
      before += rows
    }
    return undefined
  }

  /** Times in microseconds in their order, of rows whose times as text are at or after one and before another. */
  #starts(from: string, to: string): Float64Array {
    const instant = new InstantReader()
    const { texts } = statements(this.#database, 'earliest')
    const starts: number[] = []
    for (const piece of this.#pieces('earliest', from, to))
      for (const text of texts.all(piece.from, piece.to)) {
        instant.read(text)
        starts.push(instant.micros)
      }
    return Float64Array.from(starts).toSorted()
  }

  /** Rows in pieces that are quickly walked over. Rows of one time are in one piece. */
  *#pieces(order: Order, start: string, end: string): Generator<Piece> {
    const { time, next, rows } = statements(this.#database, order)
    for (let from = start; from !== end;) {
      let to = time.get(from, end, this.#walk) ?? end
      if (to === from) to = next.get(from, end) ?? end
      const counted = rows.get(from, to) as number
      if (counted > 0) yield { from, to, rows: counted }
      from = to
    }
  }
}

interface TimeStatements {
  readonly time: Statement<[from: string, to: string, offset: number], string>
  readonly next: Statement<[from: string, to: string], string>
  readonly rows: Statement<[from: string, to: string], number>
  readonly texts: Statement<[from: string, to: string], string>
}

function statements(database: Database, order: Order): TimeStatements {
  const [from, after, to, direction] = order === 'latest' ? ['<=', '<', '>', 'DESC'] : ['>=', '>', '<', 'ASC']
  const times = (first: string): string => `FROM feature_usage WHERE start_time ${first} ? AND start_time ${to} ?`
  const ordered = `ORDER BY start_time ${direction} LIMIT 1`
  return {
    time: database
      .prepare<[string, string, number], string>(`SELECT start_time ${times(from)} ${ordered} OFFSET ?`)
      .pluck(),
    next: database.prepare<[string, string], string>(`SELECT start_time ${times(after)} ${ordered}`).pluck(),
    rows: database.prepare<[string, string], number>(`SELECT count(*) ${times(from)}`).pluck(),
    texts: database.prepare<[string, string], string>(`SELECT start_time ${times(from)}`).pluck(),
  }
}
