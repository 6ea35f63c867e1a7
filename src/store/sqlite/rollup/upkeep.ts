import type { Database } from 'better-sqlite3'
import type { RollupStatus } from '../../contract.js'
import { Audit } from './audit.js'
import { ALL_CALLS } from './dictionary.js'
import { StateTable } from './state.js'
import { Statements } from './statements.js'
import { MIN_ROWS, type RollupWriter } from './writer.js'

/** Rows of one step: some ten milliseconds, in which other writers wait. */
const ROWS_PER_STEP = 2000

/** How long a look at the file for others' deletions is put off after the last one, in milliseconds: it reads the whole table. */
const AUDIT_PAUSE_MS = 600_000

/** Work on the rollups that may wait until nothing else is to do. */
export class RollupUpkeep {
  readonly #database: Database
  readonly #rollups: RollupWriter
  readonly #states: StateTable
  readonly #audit: Audit
  #nextAudit = 0

  constructor(database: Database, rollups: RollupWriter) {
    this.#database = database
    this.#rollups = rollups
    this.#states = new StateTable(new Statements(database))
    this.#audit = new Audit(database)
  }

  /**
   * Takes in rows that wait, then looks for rows that were deleted.
   * @param takesFew whether few rows are taken in, too
   * @returns whether there is more to do; false also when another has the write lock
   */
  run(maxMillis: number, takesFew: boolean): boolean {
    const deadline = performance.now() + maxMillis
    let isMore = true
    while (isMore && performance.now() < deadline) isMore = this.#step(takesFew)
    return isMore
  }

  /** Whether rows wait is asked without the write lock, which others may need. */
  #step(takesFew: boolean): boolean {
    const state = this.#states.read()
    const enough = takesFew ? 1 : MIN_ROWS
    const waiting = this.#states.lastRowid() - state.watermark
    if (!this.#states.holds(state) || state.rebuilding === 1 || waiting >= enough) {
      const isAll = inTransaction(this.#database, this.#rollups, () => this.#rollups.catchUp(ROWS_PER_STEP))
      return !isAll || this.#isAuditDue()
    }
    return this.#isAuditDue() && this.#auditStep()
  }

  #isAuditDue(): boolean {
    return Date.now() >= this.#nextAudit && this.#audit.begin()
  }

  #auditStep(): boolean {
    const isRight = this.#database.transaction(() => {
      const state = this.#states.read()
      return !this.#states.holds(state) || this.#audit.step(state.watermark)
    })()
    if (!isRight)
      inTransaction(this.#database, this.#rollups, () => {
        this.#rollups.rebuild()
      })
    if (this.#audit.isResting) this.#nextAudit = Date.now() + AUDIT_PAUSE_MS
    return true
  }
}

/** Runs work in a write transaction; what it throws undoes all of it. */
export function inTransaction<T>(database: Database, rollups: RollupWriter, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollups.forget()
    if (database.inTransaction) database.exec('ROLLBACK')
    throw error
  }
}

export function rollupStatus(database: Database): RollupStatus {
  return database.transaction(() => {
    const states = new StateTable(new Statements(database))
    const state = states.read()
    const isRight = states.holds(state)
    const first = database.prepare<[], number | null>('SELECT min(rowid) FROM feature_usage').pluck().get() ?? 1
    const covered = isRight ? Math.max(state.watermark, first - 1) : first - 1
    return {
      coveredCalls: database
        .prepare<[number], number>('SELECT calls FROM feature_rollup_subjects WHERE id = ?')
        .pluck()
        .get(ALL_CALLS) as number,
      rowsToGo: Math.max(0, states.lastRowid() - covered),
      rebuilding: state.rebuilding === 1 || !isRight,
    }
  })()
}
