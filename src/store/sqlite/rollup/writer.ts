import type { Database, Statement } from 'better-sqlite3'
import type { SqlValue } from '../rows.js'
import { COLUMNS } from '../schema.js'
import { Batch, frozenMicros } from './batch.js'
import { Dictionary } from './dictionary.js'
import { InstantReader } from './instant.js'
import { KeyCache } from './key-cache.js'
import { beginRebuild } from './rebuild.js'
import { type RollupState, StateTable } from './state.js'
import { Statements } from './statements.js'
import { RollupStore } from './store.js'

/**
 * So many rows are taken in together, since the rows of a transaction share the work on the sums they touch: of 100 rows
 * it would cost as much as storing them. Fewer wait beyond the watermark, where answers find them.
 */
export const MIN_ROWS = 2000

/** Rows that wait and that one transaction takes in besides its own; what is more is left to the background. */
const MAX_WAITING_ROWS = 5000

/** So many are taken in however slow it is, or they would wait for ever. */
const LEAST_WAITING_ROWS = 100

/** What a row takes until that is measured: that of code which runs for the first time. */
const FIRST_MILLIS_PER_ROW = 0.2

/** Keeps the rollups of one connection up to date. Every method runs inside the caller's write transaction. */
export class RollupWriter {
  readonly #database: Database
  readonly #states: StateTable
  readonly #dictionary: Dictionary
  readonly #store: RollupStore
  readonly #rows: Statement<[number, number], SqlValue[]>
  readonly #instant = new InstantReader()
  readonly #written = { hours: new KeyCache(16), ever: new KeyCache(17) }
  #generation = Number.NaN
  #millisPerRow = FIRST_MILLIS_PER_ROW

  constructor(database: Database) {
    this.#database = database
    this.#states = new StateTable(new Statements(database))
    this.#dictionary = new Dictionary(database)
    this.#store = new RollupStore(database)
    this.#rows = database
      .prepare<[number, number], SqlValue[]>(
        `SELECT ${COLUMNS.map((column) => (UNUSED.has(column) ? 'NULL' : column)).join(', ')}, rowid FROM feature_usage
         WHERE rowid > ? ORDER BY rowid LIMIT ?`,
      )
      .raw()
  }

  /**
   * Takes in what waits, and what others wrote.
   * @param rows that the transaction is going to insert
   * @param maxMillis for what waits, about
   * @returns what takes them in, or undefined where they wait: there are few yet, or too many
   */
  begin(rows: number, maxMillis = Infinity): OpenBatch | undefined {
    const state = this.#state()
    if (this.#states.lastRowid() - state.watermark + rows < MIN_ROWS && state.rebuilding === 0) return undefined
    return this.#open(state, -Infinity, Math.min(MAX_WAITING_ROWS, this.#rowsWithin(maxMillis)))
  }

  #rowsWithin(millis: number): number {
    return Math.max(LEAST_WAITING_ROWS, Math.floor(millis / this.#millisPerRow))
  }

  /**
   * The same for rows that come back after retention has removed them: of frozen days they are in the sums already.
   * @returns undefined where other rows have to be taken in first
   */
  beginReturn(): OpenBatch | undefined {
    const state = this.#state()
    return this.#open(state, frozenMicros(state.frozen_day), MAX_WAITING_ROWS)
  }

  #open(state: RollupState, frozenBefore: number, maxRows: number): OpenBatch | undefined {
    const batch = this.#batch()
    const start = performance.now()
    if (!this.#catchUp(state, batch, maxRows)) {
      this.#finish(state, batch)
      this.#millisPerRow = (performance.now() - start) / maxRows
      return undefined
    }
    return {
      add: (rowid, values, at) => {
        batch.add(rowid, values, at, frozenBefore)
        state.watermark = rowid
      },
      end: () => {
        this.#finish(state, batch)
      },
    }
  }

  /** Takes in some rows that wait. @returns whether that was all */
  catchUp(maxRows: number): boolean {
    const state = this.#state()
    const batch = this.#batch()
    const isAll = this.#catchUp(state, batch, maxRows)
    this.#finish(state, batch)
    return isAll
  }

  /** Starts the sums anew, except those that are frozen. */
  rebuild(): void {
    const state = this.#states.read()
    beginRebuild(this.#database, state, this.#states.lastRowid())
    this.#states.write(state)
    this.forget()
  }

  /** Of what a rolled back transaction has written, nothing may be remembered. */
  forget(): void {
    this.#generation = Number.NaN
  }

  /** The state; where the latest rows were deleted, of sums that have just been started anew. */
  #state(): RollupState {
    let state = this.#states.read()
    if (!this.#states.holds(state)) {
      this.rebuild()
      state = this.#states.read()
    }
    if (state.generation !== this.#generation) {
      this.#generation = state.generation
      this.#dictionary.clear()
      this.#store.clear()
      this.#written.hours.clear()
      this.#written.ever.clear()
    }
    return state
  }

  #batch(): Batch {
    return new Batch(this.#dictionary, this.#written, this.#instant)
  }

  #catchUp(state: RollupState, batch: Batch, maxRows: number): boolean {
    if (this.#states.lastRowid() === state.watermark) return true
    const rows = this.#rows.all(state.watermark, maxRows + 1)
    const isAll = rows.length <= maxRows
    if (!isAll) rows.pop()
    const frozen = frozenMicros(state.frozen_day)
    for (const row of rows) {
      const rowid = row[ROWID] as number
      batch.add(rowid, row, 0, rowid <= state.recounted_rowid ? frozen : -Infinity)
      state.watermark = rowid
    }
    return isAll
  }

  #finish(state: RollupState, batch: Batch): void {
    const last = this.#states.lastRowid()
    const isDone = state.rebuilding === 1 && state.watermark >= last
    if (batch.blocks.size === 0 && !isDone) return
    this.#store.write(batch)
    state.text_forms |= batch.textForms
    state.watermark_id = this.#states.idAt(state.watermark)
    if (isDone) {
      state.rebuilding = 0
      state.recounted_rowid = 0
    }
    this.#states.write(state)
  }
}

/** The rows of one transaction on their way into the rollups. */
export interface OpenBatch {
  /** @param at where the row begins in the flat list of values */
  add(rowid: number, values: readonly SqlValue[], at: number): void
  end(): void
}

/** Long texts that no sum needs. */
const UNUSED: ReadonlySet<string> = new Set(['id', 'end_time', 'metadata', 'session_id', 'error_message'])

const ROWID = COLUMNS.length
