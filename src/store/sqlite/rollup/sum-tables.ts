import type { SqlValue } from '../rows.js'
import { BLOCK_ROWS } from './blocks.js'
import { storedCategory } from './dictionary.js'
import type { Span } from './period.js'
import type { Statements } from './statements.js'
import { SUM_COLUMNS } from './tables.js'
import type { SumRow } from './tally.js'

/** The columns of a `SumRow`. */
export const SUM_ROW = `status, ${SUM_COLUMNS.join(', ')}`

/** Earlier than any day of the calendar. */
const NO_DAY = -1e9

/** So many have their calls read at once. */
const FEW_SUBJECTS = 2000

/** Look-ups in the tables of the sums. */
export abstract class SumTables {
  readonly statements: Statements

  constructor(statements: Statements) {
    this.statements = statements
  }

  /** Whether the file has these tables. */
  abstract get exists(): boolean

  lastRowid(): number {
    return this.statements.number('SELECT max(rowid) FROM feature_usage') ?? 0
  }

  /** The highest id of a subject: about how many there are. */
  lastSubject(): number {
    if (!this.exists) return 0
    return this.statements.number('SELECT max(id) FROM feature_rollup_subjects') ?? 0
  }

  /** Whether the calls of all subjects may be read to count those of some. */
  get hasFewSubjects(): boolean {
    return this.lastSubject() < FEW_SUBJECTS
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
    if (!this.exists) return []
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
    return !this.exists ? [] : this.statements.rows(sql, ...values)
  }

  /** The first day that has sums; calls whose start is no time are before all. */
  firstDay(): number | undefined {
    if (!this.exists) return undefined
    return this.statements.number('SELECT day FROM feature_rollup_daily WHERE day > ? ORDER BY day LIMIT 1', NO_DAY)
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
}
