import { statSync } from 'node:fs'
import { StoreError } from '../../contract.js'

/** The log is emptied when it has reached this share of its limit; the rest is for the transaction that is under way. */
const EMPTY_FROM = 0.7

/** With so much of its limit in use, nothing more is written. */
const STUCK_FROM = 0.95

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
    // A log that nobody needs is written over from its begin, whatever the size of its file.
    const used = this.#isNeeded ? this.#size : Math.min(this.#size, this.#limit * EMPTY_FROM)
    return Math.max(16, Math.floor((this.#limit * STUCK_FROM - used) / (2 * this.#rowBytes)))
  }

  /**
   * To be called before a transaction.
   * @param empty tries to make the log empty
   * @throws LogStuckError when there is no room
   */
  makeRoom(empty: () => LogState): void {
    this.#size = this.#measure()
    if (this.#size < this.#limit * EMPTY_FROM) return
    const now = performance.now()
    if (now >= this.#notBefore) {
      this.#isNeeded = empty() === 'needed'
      this.#size = this.#measure()
      if (this.#size >= this.#limit * EMPTY_FROM) this.#notBefore = now + ATTEMPT_PAUSE_MS
    }
    if (this.#isNeeded && this.#size > this.#limit * STUCK_FROM) throw new LogStuckError(this.#path, this.#size)
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
