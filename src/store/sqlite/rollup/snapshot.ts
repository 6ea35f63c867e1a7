import type { Database } from 'better-sqlite3'
import { frozenMicros } from './batch.js'
import { ANY_TEXT, HOURS_PER_DAY } from './instant.js'
import { ALL_HOURS, hoursOfMask } from './day-hours.js'
import { type KeptDay, KeptDays, type TimedRow, type UserBits } from './kept-days.js'
import { allUsersOfChunk, usersOfChunk } from './members.js'
import type { Span } from './period.js'
import { type RollupState, StateTable } from './state.js'
import type { Statements } from './statements.js'
import { ALL_STATUSES } from './status.js'
import { SUM_ROW, SumTables } from './sum-tables.js'
import { mergeSums, type SumRow } from './tally.js'

export type SubjectCalls = readonly [subject: number, status: number, calls: number]

/** The rollups as one read transaction sees them, and which rows are not in them. */
export class Snapshot extends SumTables {
  readonly #state: RollupState | undefined
  /** Whether the sums are right: not where somebody deleted the latest rows. Of frozen days they are all the same. */
  readonly #isRight: boolean
  readonly #users = new Map<string, undefined>()
  readonly #kept: KeptDays
  readonly #days = new Map<number, KeptDay>()

  /** @param kept of earlier questions to the same file */
  constructor(database: Database, statements: Statements, kept = new KeptDays()) {
    super(statements)
    this.#kept = kept
    if (!statements.hasTable('feature_rollup_state')) {
      this.#isRight = false
      return
    }
    const states = new StateTable(statements)
    this.#state = states.read()
    this.#isRight = states.holds(this.#state)
    const { generation, frozen_day: frozenDay, rebuilding } = this.#state
    kept.check(
      `${generation} ${frozenDay} ${rebuilding} ${this.#isRight}`,
      database.pragma('data_version', { simple: true }),
    )
  }

  get exists(): boolean {
    return this.#state !== undefined
  }

  /** Whether sums of all time can be taken from the totals. */
  get hasTotals(): boolean {
    return this.#isRight
  }

  /** Rows beyond this rowid are not in the sums. */
  get watermark(): number {
    return this.#isRight ? (this.#state as RollupState).watermark : 0
  }

  /** Sums are right for calls that started before, in microseconds. */
  get sumsBefore(): number {
    if (this.#state === undefined) return -Infinity
    return this.#isRight ? Infinity : this.frozenBefore
  }

  /** Of calls that started before, in microseconds, the sums are kept and the rows may be gone. */
  get frozenBefore(): number {
    return frozenMicros(this.#state?.frozen_day ?? null)
  }

  /** The forms of start times of the rows that are in the sums. */
  get textForms(): number {
    return this.#isRight ? (this.#state as RollupState).text_forms : ANY_TEXT
  }

  /**
   * Whether a row that is beyond the watermark is in the sums of frozen days all the same: sums are being made anew, and
   * retention has not removed it yet.
   */
  isFrozenRow(rowid: number, micros: number): boolean {
    const state = this.#state
    if (state === undefined || state.frozen_day === null || !(micros < this.frozenBefore)) return false
    return rowid <= Math.max(state.recounted_rowid, this.#isRight ? 0 : state.watermark)
  }

  /** The id that a user has in the rollups. */
  userId(userId: string): number | undefined {
    if (this.#state === undefined) return undefined
    const kept = this.#kept.userId(userId)
    if (kept !== undefined || this.#users.has(userId)) return kept
    const id = this.statements.number('SELECT id FROM feature_rollup_users WHERE user_id = ?', userId)
    if (id === undefined) this.#users.set(userId, id)
    else this.#kept.keepUserId(userId, id)
    return id
  }

  /** A day as it was read before, as far as it was, unless it has changed since. */
  #day(day: number): KeptDay {
    let kept = this.#days.get(day)
    if (kept === undefined) {
      const calls = this.#kept.calls.get(day) ?? this.statements.number(`SELECT ${callsOf('?')}`, day)
      kept = this.#kept.day(day, calls ?? 0)
      this.#days.set(day, kept)
    }
    return kept
  }

  /** The users of some hours of a day, given as bits. */
  usersOfDay(day: number, subject: number, statuses: number, hourMask: number): UserBits {
    return this.usersOfParts(day, subject, statuses, [hourMask])[0] as UserBits
  }

  /** The same for several parts of the day, each given by its hours. */
  usersOfParts(day: number, subject: number, statuses: number, hourMasks: readonly number[]): readonly UserBits[] {
    const kept = this.#day(day)
    const keys = hourMasks.map((mask) => `${subject} ${statuses} ${mask}`)
    const known = keys.map((key) => kept.users.get(key)).filter((users) => users !== undefined)
    if (known.length === keys.length) return known
    const found = hourMasks.map(() => new Map<number, Uint32Array>())
    for (const [chunk, members] of this.userChunksOfDay(day, subject))
      for (const [index, hourMask] of hourMasks.entries()) {
        const isAll = hourMask === ALL_HOURS && statuses === ALL_STATUSES
        const users = isAll ? allUsersOfChunk(members) : usersOfChunk(members, statuses, hourMask)
        if (users !== undefined) found[index]?.set(chunk, users)
      }
    for (const [index, users] of found.entries()) this.#kept.keepUsers(kept, keys[index] as string, users)
    return found
  }

  /** The rows of an hour that are in the sums, of all features or of one, where they were read before. */
  keptRows(hour: number, featureName?: string): readonly TimedRow[] | undefined {
    return this.#day(Math.floor(hour / HOURS_PER_DAY)).rows.get(rowsKey(hour, featureName))
  }

  /** Keeps them for the next question. */
  keepRows(hour: number, rows: readonly TimedRow[], featureName?: string): void {
    this.#kept.keepRows(this.#day(Math.floor(hour / HOURS_PER_DAY)), rowsKey(hour, featureName), rows)
  }

  /** What the sums and their rows say of a day, by what was asked: as it was found before, or found now. */
  kept<T extends readonly unknown[]>(day: number, asked: string, find: () => T, itemBytes = NUMBERS_BYTES): T {
    const kept = this.#day(day)
    const known = kept.found.get(asked)
    if (known !== undefined) return known as T
    const found = find()
    this.#kept.keepFound(kept, asked, found, found.length * itemBytes)
    return found
  }

  /** The days of a span that have sums. */
  days(span: Span): readonly number[] {
    return this.#existing('day', span, ([from, to]) => {
      const found = this.statements.rows<[number, number]>(existing('daily', 'day', callsOf('at')), from, to, to)
      for (const [day, calls] of found) this.#kept.calls.set(day, calls)
      return found
    })
  }

  hours(span: Span): readonly number[] {
    return this.#existing('hour', span, ([from, to]) =>
      this.statements.rows<[number]>(existing('hourly', 'hour'), from, to, to),
    )
  }

  sumsOfDay(day: number, subject: number): SumRow[] {
    return this.#sums(day, 'daily WHERE day = ?', day, subject)
  }

  sumsOfHour(hour: number, subject: number): SumRow[] {
    return this.#sums(Math.floor(hour / HOURS_PER_DAY), 'hourly WHERE hour = ?', hour, subject)
  }

  /** The same of some hours of a day together, given as bits; the sums of each of them are not kept. */
  sumsOfHours(day: number, subject: number, hourMask: number): readonly SumRow[] {
    if (hourMask === ALL_HOURS) return this.sumsOfDay(day, subject)
    if (isOneHour(hourMask)) return this.sumsOfHour(day * HOURS_PER_DAY + 31 - Math.clz32(hourMask), subject)
    const kept = this.#day(day)
    const key = `hours ${hourMask} ${subject}`
    let rows = kept.sums.get(key)
    if (rows === undefined) {
      const hours = hoursOfMask(hourMask).map((hour) => day * HOURS_PER_DAY + hour)
      rows = mergeSums(hours.flatMap((hour) => this.statements.rows<SumRow>(SUMS_OF_HOUR, hour, subject)))
      this.#kept.keepSums(kept, key, rows)
    }
    return rows
  }

  #sums(day: number, source: string, at: number, subject: number): SumRow[] {
    const kept = this.#day(day)
    const key = `${source} ${at} ${subject}`
    let rows = kept.sums.get(key)
    if (rows === undefined) {
      const sql = `SELECT ${SUM_ROW} FROM feature_rollup_${source} AND subject_id = ?`
      rows = this.statements.rows<SumRow>(sql, at, subject)
      this.#kept.keepSums(kept, key, rows)
    }
    return rows
  }

  /** The calls of a day or an hour by subject and status. */
  callsOn(table: 'daily' | 'hourly', at: number): readonly SubjectCalls[] {
    const column = table === 'daily' ? 'day' : 'hour'
    const day = table === 'daily' ? at : Math.floor(at / HOURS_PER_DAY)
    return this.kept(day, `calls ${table} ${at}`, () =>
      this.statements.rows<SubjectCalls>(
        `SELECT subject_id, status, calls FROM feature_rollup_${table} WHERE ${column} = ?`,
        at,
      ),
    )
  }

  /** The same by subject, where that is asked for one by one. */
  callsOfSubject(table: 'daily' | 'hourly', at: number, subject: number): readonly SubjectCalls[] {
    const day = table === 'daily' ? at : Math.floor(at / HOURS_PER_DAY)
    const lists = this.kept(day, `subjects ${table} ${at}`, () => {
      const bySubject: SubjectCalls[][] = []
      for (const calls of this.callsOn(table, at)) (bySubject[calls[0]] ??= []).push(calls)
      return bySubject
    })
    return lists[subject] ?? []
  }

  #existing(
    column: string,
    span: Span,
    find: (span: Span) => (readonly [at: number, ...unknown[]])[],
  ): readonly number[] {
    if (this.#state === undefined) return []
    const key = `${column} ${span.join(' ')}`
    let found = this.#kept.spans.get(key)
    if (found === undefined) this.#kept.spans.set(key, (found = find(span).map(([at]) => at)))
    return found
  }
}

/**
 * Asks for the days or hours of a span that have sums. From one to the next by the primary key: years without calls cost
 * nothing, and days with many features no more than others.
 * @param also of each
 */
function existing(table: 'daily' | 'hourly', column: 'day' | 'hour', also = 'NULL'): string {
  const next = (condition: string): string =>
    `(SELECT ${column} FROM feature_rollup_${table} WHERE ${column} ${condition} ORDER BY ${column} LIMIT 1)`
  return `WITH RECURSIVE found(at) AS (
      SELECT ${next('>= ?')} UNION ALL SELECT ${next('> found.at')} FROM found WHERE found.at < ?
    ) SELECT at, ${also} FROM found WHERE at < ?`
}

/** A day's calls. */
function callsOf(day: string): string {
  return `(SELECT sum(calls) FROM feature_rollup_daily WHERE day = ${day} AND subject_id = 0)`
}

const SUMS_OF_HOUR = `SELECT ${SUM_ROW} FROM feature_rollup_hourly WHERE hour = ? AND subject_id = ?`

function isOneHour(hourMask: number): boolean {
  return hourMask !== 0 && (hourMask & (hourMask - 1)) === 0
}

function rowsKey(hour: number, featureName: string | undefined): string {
  return featureName === undefined ? `${hour}` : `${hour} ${featureName}`
}

/** A few numbers in a list. */
const NUMBERS_BYTES = 80
