import type { Database, Statement } from 'better-sqlite3'
import { BLOCK_ROWS } from './blocks.js'

/** Blocks that one step counts: some milliseconds. */
const BLOCKS_PER_STEP = 16

/**
 * Looks for rows that others deleted: compares how many rows each block has with how many were counted. A round goes from
 * the latest block to the first, a few at a time, in read transactions.
 */
export class Audit {
  readonly #database: Database
  readonly #counted: Statement<[number, number], number>
  readonly #found: Statement<[number, number], number>
  readonly #next: Statement<[number], number>
  /** Blocks from here on were compared; undefined between rounds. */
  #position: number | undefined = Number.MAX_SAFE_INTEGER
  #seenVersion: unknown

  constructor(database: Database) {
    this.#database = database
    this.#counted = database
      .prepare<[number, number], number>(
        'SELECT coalesce(sum(row_count), 0) FROM feature_rollup_blocks WHERE block BETWEEN ? AND ?',
      )
      .pluck()
    this.#found = database
      .prepare<[number, number], number>('SELECT count(*) FROM feature_usage WHERE rowid BETWEEN ? AND ?')
      .pluck()
    this.#next = database
      .prepare<[number], number>('SELECT max(block) FROM feature_rollup_blocks WHERE block < ?')
      .pluck()
  }

  /** Starts a round if another connection has written since the last one started. @returns whether a round is under way */
  begin(): boolean {
    if (this.#position !== undefined) return true
    // Of this connection's own writes the number does not change.
    const version = this.#database.pragma('data_version', { simple: true })
    if (version === this.#seenVersion) return false
    this.#seenVersion = version
    this.#position = Number.MAX_SAFE_INTEGER
    return true
  }

  /** Whether the last round is over. */
  get isResting(): boolean {
    return this.#position === undefined
  }

  /**
   * Compares some blocks, in a transaction of the caller.
   * @param watermark rows beyond it are not counted yet
   * @returns false when rows lack, or are there that were not
   */
  step(watermark: number): boolean {
    const last = this.#next.get(this.#position ?? 0)
    if (last === undefined || last === null) {
      this.#position = undefined
      return true
    }
    const first = last - BLOCKS_PER_STEP + 1
    this.#position = first
    const [from, to] = [first * BLOCK_ROWS, Math.min((last + 1) * BLOCK_ROWS - 1, watermark)]
    return this.#counted.get(first, last) === this.#found.get(from, to)
  }
}
