import type { Database, Statement } from 'better-sqlite3'
import { hasTable } from '../migrations.js'
import type { Row, SqlValue } from '../rows.js'
import { frozenMicros } from './batch.js'
import { BLOCK_ROWS } from './blocks.js'
import { storedCategory } from './dictionary.js'
import { ANY_TEXT, HOURS_PER_DAY } from './instant.js'
import { type KeptDay, KeptDays, type TimedRow, type UserBits } from './kept-days.js'
import { dayBits } from './members.js'
import type { Span } from './period.js'
import { type RollupState, StateTable } from './state.js'
import { SUM_COLUMNS } from './tables.js'
import type { SumRow } from './tally.js'

/** Prepared statements of a connection, by their text. Texts are few: what users give is bound, never part of them. */
export class Statements {
  readonly #database: Database
  readonly #prepared = new Map<string, Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Rows as objects. */
  all<T>(sql: string, ...values: unknown[]): T[] {
    return this.#statement(sql, '').all(...values) as T[]
  }

  /** Rows as arrays. */
  rows<T>(sql: string, ...values: unknown[]): T[] {
    return this.#statement(sql, 'raw').all(...values) as T[]
  }

  /** Rows as arrays, one at a time. */
  each<T>(sql: string, ...values: unknown[]): IterableIterator<T> {
    return this.#statement(sql, 'raw').iterate(...values) as IterableIterator<T>
  }

  /** The first column of the first row, where it is a number. */
  number(sql: string, ...values: unknown[]): number | undefined {
    return (this.#statement(sql, 'pluck').get(...values) as number | null | undefined) ?? undefined
  }

  /** The same, where it is a blob. */
  bytes(sql: string, ...values: unknown[]): Buffer | undefined {
    return this.#statement(sql, 'pluck').get(...values) as Buffer | undefined
  }

  #statement(sql: string, mode: '' | 'raw' | 'pluck'): Statement {
    const key = mode + sql
    let statement = this.#prepared.get(key)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      if (mode === 'raw') statement.raw()
      if (mode === 'pluck') statement.pluck()
      this.#prepared.set(key, statement)
    }
    return statement
  }
}

/** The rollups as one read transaction sees them, and which rows are not in them. */
export class Snapshot {
  readonly statements: Statements
  readonly #state: RollupState | undefined
  /** Whether the sums are right: not where somebody deleted the latest rows. Of frozen days they are all the same. */
  readonly #isRight: boolean
  readonly #users = new Map<string, undefined>()
  readonly #kept: KeptDays
  readonly #days = new Map<number, KeptDay>()

  /** @param kept of earlier questions to the same file */
  constructor(database: Database, statements: Statements, kept = new KeptDays()) {
    this.statements = statements
    this.#kept = kept
    if (!hasTable(database, 'feature_rollup_state')) {
      this.#isRight = false
      return
    }
    const states = new StateTable(database)
    this.#state = states.read()
    this.#isRight = states.holds(this.#state)
    const { generation, frozen_day: frozenDay, rebuilding } = this.#state
    kept.check(`${generation} ${frozenDay} ${rebuilding} ${this.#isRight}`)
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

  lastRowid(): number {
    return this.statements.number('SELECT max(rowid) FROM feature_usage') ?? 0
  }

  /** The highest id of a subject: about how many there are. */
  lastSubject(): number {
    return this.statements.number('SELECT max(id) FROM feature_rollup_subjects') ?? 0
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
      const calls = 'SELECT sum(calls) FROM feature_rollup_daily WHERE day = ? AND subject_id = 0'
      kept = this.#kept.day(day, this.statements.number(calls, day) ?? 0)
      this.#days.set(day, kept)
    }
    return kept
  }

  /** The users of some hours of a day, given as bits. */
  usersOfDay(day: number, subject: number, statuses: number, hourMask: number): UserBits {
    const kept = this.#day(day)
    const key = `${subject} ${statuses} ${hourMask}`
    const known = kept.users.get(key)
    if (known !== undefined) return known
    const users = new Map<number, Uint32Array>()
    for (const [chunk, members] of this.userChunksOfDay(day, subject)) {
      const bits = dayBits(members, statuses, hourMask)
      if (bits !== undefined) users.set(chunk, bits)
    }
    this.#kept.keepUsers(kept, key, users)
    return users
  }

  /** The rows of an hour that are in the sums, where they were read before. */
  keptRows(hour: number): readonly TimedRow[] | undefined {
    return this.#day(Math.floor(hour / HOURS_PER_DAY)).rows.get(hour)
  }

  /** Keeps them for the next question. */
  keepRows(hour: number, rows: readonly TimedRow[]): void {
    this.#kept.keepRows(this.#day(Math.floor(hour / HOURS_PER_DAY)), hour, rows)
  }

  /** Rows of an hour that are in the sums, by what was asked of it: as they were found before, or found now. */
  kept(hour: number, asked: string, find: () => Row[]): Row[] {
    const day = this.#day(Math.floor(hour / HOURS_PER_DAY))
    const known = day.found.get(asked)
    if (known !== undefined) return known
    const found = find()
    this.#kept.keepFound(day, asked, found)
    return found
  }

  /** All calls of an hour by the sums. */
  callsOfHour(hour: number): number {
    return (
      this.statements.number('SELECT sum(calls) FROM feature_rollup_hourly WHERE hour = ? AND subject_id = 0', hour) ??
      0
    )
  }

  /** The subjects of a feature in all its categories or in one, of a category, or of all calls. */
  subjects(featureName: string | undefined, category: string | undefined): number[] {
    if (this.#state === undefined) return []
    if (featureName === undefined && category === undefined) return [0]
    const where: string[] = ['feature_name = ?']
    const values: SqlValue[] = [featureName ?? '']
    if (category !== undefined) {
      where.push('category = ?')
      values.push(storedCategory(category))
    }
    // The plus: the index that begins with the kind would find all features.
    const kind = featureName === undefined ? 1 : 0
    return this.statements
      .rows<[number]>(
        `SELECT id FROM feature_rollup_subjects WHERE ${where.join(' AND ')} AND +kind = ${kind}`,
        ...values,
      )
      .map(([id]) => id)
  }

  /** Blocks whose rows may have started in a span of seconds, those with the latest start first. */
  blocks([since, until]: Span): IterableIterator<[block: number, minSecond: number, maxSecond: number]> {
    return this.statements.each(
      `SELECT block, min_second, max_second FROM feature_rollup_blocks WHERE max_second >= ? AND min_second < ?
       ORDER BY max_second DESC, block DESC`,
      since,
      until,
    )
  }

  /**
   * The rowids of blocks whose rows may have started in a span of seconds, neighbouring blocks together.
   * @returns undefined when there are more than `maxBlocks`
   */
  rowidRuns([since, until]: Span, maxBlocks: number): [from: number, to: number][] | undefined {
    const blocks = this.statements
      .rows<[number]>(
        'SELECT block FROM feature_rollup_blocks WHERE max_second >= ? AND min_second < ? LIMIT ?',
        since,
        until,
        maxBlocks + 1,
      )
      .map(([block]) => block)
    if (blocks.length > maxBlocks) return undefined
    const runs: [number, number][] = []
    for (const block of blocks.toSorted((a, b) => a - b)) {
      const [from, to] = [block * BLOCK_ROWS, (block + 1) * BLOCK_ROWS - 1]
      const last = runs.at(-1)
      if (last !== undefined && last[1] + 1 === from) last[1] = to
      else runs.push([from, to])
    }
    return runs
  }

  /** The blocks of a span that have rows of a subject and status. */
  presence(subject: number, status: number, span: number): Buffer | undefined {
    return this.statements.bytes(
      'SELECT blocks FROM feature_rollup_presence WHERE subject_id = ? AND status = ? AND span = ?',
      subject,
      status,
      span,
    )
  }

  /** The users of one chunk on a day. */
  userChunkOfDay(day: number, subject: number, chunk: number): Buffer | undefined {
    return this.statements.bytes(
      'SELECT members FROM feature_rollup_user_days WHERE day = ? AND subject_id = ? AND chunk = ?',
      day,
      subject,
      chunk,
    )
  }

  /** What a statement that selects subjects gives. */
  subjectRows(
    sql: string,
    ...values: SqlValue[]
  ): [id: number, featureName: string, category: string, calls: number][] {
    return this.#state === undefined ? [] : this.statements.rows(sql, ...values)
  }

  /** The days of a span that have sums. */
  days(span: Span): Generator<number> {
    return this.#existing('feature_rollup_daily', 'day', span)
  }

  hours(span: Span): Generator<number> {
    return this.#existing('feature_rollup_hourly', 'hour', span)
  }

  sumsOfDay(day: number, subject: number): SumRow[] {
    return this.statements.rows(
      `SELECT ${SUM_ROW} FROM feature_rollup_daily WHERE day = ? AND subject_id = ?`,
      day,
      subject,
    )
  }

  sumsOfHour(hour: number, subject: number): SumRow[] {
    const kept = this.#day(Math.floor(hour / HOURS_PER_DAY))
    const key = `${hour} ${subject}`
    let rows = kept.sums.get(key)
    if (rows === undefined) {
      const sql = `SELECT ${SUM_ROW} FROM feature_rollup_hourly WHERE hour = ? AND subject_id = ?`
      rows = this.statements.rows<SumRow>(sql, hour, subject)
      this.#kept.keepSums(kept, key, rows)
    }
    return rows
  }

  /** Sums of all time, with the number of users behind. */
  totals(subject: number): [...sums: SumRow, users: number][] {
    return this.statements.rows(
      `SELECT ${SUM_ROW}, users FROM feature_rollup_totals WHERE id BETWEEN ? AND ?`,
      subject * 8,
      subject * 8 + 7,
    )
  }

  /** Users of all time, of any status. */
  usersOf(subject: number): number {
    return this.statements.number('SELECT users FROM feature_rollup_subjects WHERE id = ?', subject) ?? 0
  }

  userChunks(subject: number): [chunk: number, members: Buffer][] {
    return this.statements.rows('SELECT chunk, members FROM feature_rollup_user_totals WHERE subject_id = ?', subject)
  }

  userChunk(subject: number, chunk: number): Buffer | undefined {
    return this.statements.bytes(
      'SELECT members FROM feature_rollup_user_totals WHERE subject_id = ? AND chunk = ?',
      subject,
      chunk,
    )
  }

  userChunksOfDay(day: number, subject: number): [chunk: number, members: Buffer][] {
    return this.statements.rows(
      'SELECT chunk, members FROM feature_rollup_user_days WHERE day = ? AND subject_id = ?',
      day,
      subject,
    )
  }

  /** From one to the next by the primary key: years without calls cost nothing. */
  *#existing(table: string, column: string, [from, to]: Span): Generator<number> {
    const next = `SELECT ${column} FROM ${table} WHERE ${column} >= ? ORDER BY ${column} LIMIT 1`
    if (this.#state === undefined) return
    for (let at = from; at < to;) {
      const found = this.statements.number(next, at)
      if (found === undefined || found >= to) return
      yield found
      at = found + 1
    }
  }
}

const SUM_ROW = `status, ${SUM_COLUMNS.join(', ')}`
