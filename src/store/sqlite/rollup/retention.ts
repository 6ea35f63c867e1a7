import type { Database } from 'better-sqlite3'
import { conditionOf, registerTimes } from '../filter.js'
import { blockOf, SPAN_BLOCKS } from './blocks.js'
import { DAY_MICROS } from './instant.js'
import { type RollupState, StateTable } from './state.js'
import { inTransaction } from './upkeep.js'
import { RollupWriter } from './writer.js'

/** Rows that one transaction removes, so that other writers get their turn. */
const ROWS_PER_STEP = 2000

export interface Removal {
  /** Rows that were removed. */
  readonly removed: number
  /** The start of the day before which no row is left, in microseconds. */
  readonly before: number
}

/**
 * Removes the rows of calls that started before the day of a time, in UTC. Their sums stay: the days before are frozen,
 * so that a rebuild leaves them as they are. Rows whose start is no time stay as well.
 *
 * Runs in short transactions of its own, outside of any other.
 *
 * @param micros microseconds since 1970
 */
export function removeBefore(database: Database, micros: number): Removal {
  registerTimes(database)
  const rollups = new RollupWriter(database)
  const day = Math.floor(micros / DAY_MICROS)
  let removed = 0
  for (;;) {
    const step = inTransaction(database, rollups, () => removeStep(database, rollups, day))
    removed += step ?? 0
    if (step === 0) return { removed, before: day * DAY_MICROS }
  }
}

/** @returns how many rows were removed; undefined when rows had to be taken into the sums first */
function removeStep(database: Database, rollups: RollupWriter, day: number): number | undefined {
  if (!rollups.catchUp(ROWS_PER_STEP)) return undefined
  const states = new StateTable(database)
  const state = states.read()
  const rowids = rowsBefore(database, day, state)
  state.frozen_day = Math.max(state.frozen_day ?? -Infinity, day)
  removeRows(database, rowids)
  if (rowids.length === 0) prunePresence(database, state)
  // Where the latest row went, its rowid will be given again.
  state.watermark = states.lastRowid()
  state.watermark_id = state.watermark === 0 ? null : states.idAt(state.watermark)
  states.write(state)
  return rowids.length
}

function rowsBefore(database: Database, day: number, state: RollupState): number[] {
  const { where, values } = conditionOf({ until: day * DAY_MICROS }, state.text_forms)
  return database
    .prepare<unknown[], number>(`SELECT rowid FROM feature_usage${where} LIMIT ${ROWS_PER_STEP}`)
    .pluck()
    .all(...values)
}

function removeRows(database: Database, rowids: readonly number[]): void {
  const remove = database.prepare('DELETE FROM feature_usage WHERE rowid = ?')
  const uncount = database.prepare('UPDATE feature_rollup_blocks SET row_count = row_count - ? WHERE block = ?')
  const blocks = new Map<number, number>()
  for (const rowid of rowids) {
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
function prunePresence(database: Database, state: RollupState): void {
  const { changes } = database
    .prepare(
      `DELETE FROM feature_rollup_presence WHERE span <
       (SELECT coalesce(min(block), 0) / ${SPAN_BLOCKS} FROM feature_rollup_blocks)`,
    )
    .run()
  // A writer that remembers to have written them must forget.
  if (changes > 0) state.generation++
}
