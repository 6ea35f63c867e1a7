import type { Database } from 'better-sqlite3'
import { and, conditionOf, type Question, registerTimes } from '../filter.js'
import { blockOf, SPAN_BLOCKS } from './blocks.js'
import { DAY_MICROS } from './instant.js'
import { narrowestIndex } from './parts.js'
import { type RollupState, StateTable } from './state.js'
import { Statements } from './statements.js'
import { inTransaction } from './upkeep.js'
import { RollupWriter } from './writer.js'

/** Rows that one transaction removes or takes in at the most, so that other writers get their turn. */
const ROWS_PER_STEP = 2000

/** Rows of the first step, before it is known how long one takes. */
const FIRST_ROWS = 100

/** Rows that are looked for at once, without the write lock. */
const ROWS_PER_LOOK = 20_000

export interface Removal {
  /** Rows that were removed. */
  readonly removed: number
  /** The start of the day before which no row is left, in microseconds. */
  readonly before: number
}

/** Which rows go: those that started before a time, and of them those of a feature, category or status. */
export interface RemovalQuestion extends Pick<Question, 'until'>, Partial<Omit<Question, 'since' | 'until'>> {}

/**
 * Removes rows in short transactions, and leaves their sums: the days up to the time are frozen, so that a rebuild leaves
 * them as they are. Rows of these days that stay are in the frozen sums too, and are not counted again. Rows whose start
 * is no time stay.
 */
export class RowRemoval {
  readonly #database: Database
  readonly #rollups: RollupWriter
  readonly #states: StateTable
  readonly #question: RemovalQuestion
  #found: number[] = []
  #lookedUpTo = Number.MIN_SAFE_INTEGER
  #rows = FIRST_ROWS
  removed = 0

  constructor(database: Database, question: RemovalQuestion) {
    registerTimes(database)
    this.#database = database
    this.#rollups = new RollupWriter(database)
    this.#states = new StateTable(new Statements(database))
    this.#question = question
  }

  /**
   * Runs one transaction, outside of any other.
   * @param maxMillis how long it may take, as far as the ones before tell
   * @param maxRows rows that it may remove
   * @returns whether there may be more to remove
   * @throws where another connection has the lock; then nothing was done
   */
  step(maxMillis = Infinity, maxRows = ROWS_PER_STEP): boolean {
    // It may take long to find that there are none: that is done before the lock is taken.
    if (this.#found.length === 0) this.#found = this.#look()
    const started = performance.now()
    const rows = Math.max(1, Math.min(maxRows, maxMillis === Infinity ? ROWS_PER_STEP : this.#rows))
    const rowids = this.#found.slice(0, rows)
    const isDone = inTransaction(this.#database, this.#rollups, () => this.#remove(rowids))
    if (!isDone) return true
    this.#found = this.#found.slice(rowids.length)
    const rate = maxMillis / Math.max(0.1, performance.now() - started)
    if (rowids.length === rows)
      this.#rows = Math.round(Math.min(ROWS_PER_STEP, Math.max(10, rows * Math.min(2, Math.max(0.25, rate)))))
    return rowids.length > 0
  }

  /** @returns false when rows had to be taken into the sums first */
  #remove(rowids: readonly number[]): boolean {
    const removed = removeCounted(this.#database, this.#rollups, this.#stillWanted(rowids), this.#question.until)
    if (removed === undefined) return false
    this.removed += removed
    if (rowids.length === 0) prunePresence(this.#database, this.#states)
    return true
  }

  /** By the index of the start times; where something else is asked for, from one row to the next. */
  #look(): number[] {
    const by = narrowestIndex({ ...NO_QUESTION, ...this.#question })
    // In whatever form: rows that are not in the sums yet may have one that no row in them has.
    const { where, values } = conditionOf(this.#question, undefined, this.#isPlain ? undefined : by)
    const order = this.#isPlain ? '' : ' AND rowid > ? ORDER BY rowid'
    const found = this.#database
      .prepare<unknown[], number>(`SELECT rowid FROM feature_usage${where}${order} LIMIT ${ROWS_PER_LOOK}`)
      .pluck()
      .all(...values, ...(this.#isPlain ? [] : [this.#lookedUpTo]))
    this.#lookedUpTo = found.at(-1) ?? this.#lookedUpTo
    return found
  }

  get #isPlain(): boolean {
    const { featureName, category, status, users } = this.#question
    return [featureName, category, status, users].every((condition) => condition === undefined)
  }

  /** Somebody else may have removed a row since it was found, and its rowid been given again. */
  #stillWanted(rowids: readonly number[]): number[] {
    const { where, values } = conditionOf(this.#question, undefined, 'rowid')
    const found = this.#database
      .prepare<unknown[], number>(`SELECT rowid FROM feature_usage${and(where, 'rowid = ?')}`)
      .pluck()
    return rowids.filter((rowid) => found.get(...values, rowid) !== undefined)
  }
}

/** Asks for all rows. */
export const NO_QUESTION: Question = {
  featureName: undefined,
  category: undefined,
  status: undefined,
  users: undefined,
  since: -Infinity,
  until: Infinity,
}

/**
 * Removes the rows of calls that started before the day of a time, in UTC, until none is left.
 * @param micros microseconds since 1970
 */
export function removeBefore(database: Database, micros: number): Removal {
  const before = Math.floor(micros / DAY_MICROS) * DAY_MICROS
  const removal = new RowRemoval(database, { until: before })
  while (removal.step());
  return { removed: removal.removed, before }
}

/**
 * Removes rows of given ids as `RowRemoval` does, in one transaction.
 * @param until microseconds; all of the rows started before
 * @returns how many rows were removed; undefined when rows had to be taken into the sums first
 */
export function removeIds(
  database: Database,
  rollups: RollupWriter,
  ids: readonly string[],
  until: number,
): number | undefined {
  return inTransaction(database, rollups, () => {
    const find = database.prepare<[string], number>('SELECT rowid FROM feature_usage WHERE id = ?').pluck()
    const rowids = ids.map((id) => find.get(id)).filter((rowid) => rowid !== undefined)
    return removeCounted(database, rollups, rowids, until)
  })
}

/** Removes rows once they are in the sums. */
function removeCounted(
  database: Database,
  rollups: RollupWriter,
  rowids: readonly number[],
  until: number,
): number | undefined {
  const states = new StateTable(new Statements(database))
  const before = states.read()
  const last = rowids.reduce((highest, rowid) => Math.max(highest, rowid), 0)
  const isCounted = before.rebuilding === 0 && states.holds(before) && last <= before.watermark
  if (!isCounted && !rollups.catchUp(ROWS_PER_STEP)) return undefined
  const state = states.read()
  freeze(state, until)
  removeRows(database, rowids)
  moveWatermark(database, states, state)
  return rowids.length
}

/** The day of the last microsecond, and those before. */
function freeze(state: RollupState, until: number): void {
  state.frozen_day = Math.max(state.frozen_day ?? -Infinity, Math.ceil(until / DAY_MICROS))
}

/** Where the row at the watermark went, the one before it is the last that is counted. */
function moveWatermark(database: Database, states: StateTable, state: RollupState): void {
  state.watermark =
    database
      .prepare<[number], number | null>('SELECT max(rowid) FROM feature_usage WHERE rowid <= ?')
      .pluck()
      .get(state.watermark) ?? 0
  state.watermark_id = state.watermark === 0 ? null : states.idAt(state.watermark)
  states.write(state)
}

function removeRows(database: Database, rowids: readonly number[]): void {
  const unlink = database.prepare(
    'DELETE FROM feature_traces WHERE record_id = (SELECT id FROM feature_usage WHERE rowid = ?)',
  )
  const remove = database.prepare('DELETE FROM feature_usage WHERE rowid = ?')
  const uncount = database.prepare('UPDATE feature_rollup_blocks SET row_count = row_count - ? WHERE block = ?')
  const blocks = new Map<number, number>()
  for (const rowid of rowids) {
    unlink.run(rowid)
    remove.run(rowid)
    blocks.set(blockOf(rowid), (blocks.get(blockOf(rowid)) ?? 0) + 1)
  }
  const forget = database.prepare('DELETE FROM feature_rollup_blocks WHERE block = ? AND row_count <= 0')
  for (const [block, rows] of blocks) {
    uncount.run(rows, block)
    forget.run(block)
  }
}

/** Where no block is left, nothing needs to be looked for. */
function prunePresence(database: Database, states: StateTable): void {
  const { changes } = database
    .prepare(
      `DELETE FROM feature_rollup_presence WHERE span <
       (SELECT coalesce(min(block), 0) / ${SPAN_BLOCKS} FROM feature_rollup_blocks)`,
    )
    .run()
  if (changes === 0) return
  // A writer that remembers to have written them must forget.
  const state = states.read()
  states.write({ ...state, generation: state.generation + 1 })
}
