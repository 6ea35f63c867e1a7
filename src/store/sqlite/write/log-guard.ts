import { statSync } from 'node:fs'
import { StoreError } from '../../contract.js'

/** So much of its limit may be in use before anything more is written. */
const FULL_FROM = 0.9

/** A transaction is taken to need so many times what the last ones did. */
const HEADROOM = 1.5

/** After an attempt that failed, milliseconds until the next one. */
const ATTEMPT_PAUSE_MS = 100

/** Bytes of log that a row is taken for before one was measured. */
const FIRST_ROW_BYTES = 4096

/** What became of an attempt to empty the log. */
export type LogState = 'empty' | 'reusable' | 'needed'

/** A reader holds a snapshot, so that the write-ahead log cannot be emptied, and it has reached its limit. */
export class LogStuckError extends StoreError {
  constructor(path: string, bytes: number) {
    super(
      'unavailable',
      `${path}-wal has ${Math.round(bytes / 1e6)} MB and cannot be emptied, because another connection holds an old state of the database: end that query; records wait until then`,
    )
  }
}

/**
 * Keeps the write-ahead log below its limit. SQLite's own checkpoints never make the file smaller while a reader holds a
 * snapshot: then records wait elsewhere.
 */
export class LogGuard {
  readonly #path: string
  readonly #limit: number
  #rowBytes = FIRST_ROW_BYTES
  #size = 0
  #notBefore = 0
  /** Whether the last attempt found a reader in the way. */
  #isNeeded = false

  constructor(path: string, limit: number) {
    this.#path = path
    this.#limit = limit
  }

  /** Rows that one transaction may have, so that the log stays below its limit. */
  get maxRows(): number {
    // A log that nobody needs can be emptied before, or is written over from its begin.
    const used = this.#isNeeded ? this.#size : 0
    return Math.max(16, Math.floor((this.#limit * FULL_FROM - used) / (HEADROOM * this.#rowBytes)))
  }

  /**
   * To be called before a transaction. The log is emptied as seldom as its limit allows: to write its pages back into the
   * database is half of the work of storing records.
   *
   * @param rows that the transaction will have
   * @param empty tries to make the log empty
   * @throws LogStuckError when there is no room
   */
  makeRoom(rows: number, empty: () => LogState): void {
    this.#size = this.#measure()
    const full = this.#limit * FULL_FROM
    const hasRoom = (): boolean => this.#size + rows * this.#rowBytes * HEADROOM <= full
    if (hasRoom()) return
    const now = performance.now()
    if (now >= this.#notBefore) {
      this.#isNeeded = empty() === 'needed'
      this.#size = this.#measure()
      if (!hasRoom()) this.#notBefore = now + ATTEMPT_PAUSE_MS
    }
    if (this.#isNeeded && this.#size > full) throw new LogStuckError(this.#path, this.#size)
  }

  /** To be called after a transaction, to learn what a row takes. */
  learn(rows: number): void {
    const grown = this.#measure() - this.#size
    if (grown > 0 && rows > 16) this.#rowBytes = Math.max(grown / rows, this.#rowBytes * 0.9)
  }

  #measure(): number {
    try {
      return statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    } catch {
      return 0
    }
  }
}
