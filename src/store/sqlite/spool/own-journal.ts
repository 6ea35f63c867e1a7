import type { ProblemListener } from '../../contract.js'
import type { SyncJournal } from '../batch/outbox.js'
import { INT, type Progress } from '../progress.js'
import { Journal } from './journal.js'

/** A file that is larger than this is emptied when the store's thread has everything in it. */
const EMPTY_FROM_BYTES = 1024 * 1024

/**
 * The journal that the application's own thread writes where nothing may be lost by `kill -9`. Where it cannot be
 * written, records go on without it, and its owner is told.
 */
export class OwnJournal implements SyncJournal {
  readonly #dbPath: string
  readonly #progress: Progress
  readonly #onProblem: ProblemListener
  #journal: Journal | undefined
  #lastSeq = 0

  constructor(dbPath: string, progress: Progress, onProblem: ProblemListener) {
    this.#dbPath = dbPath
    this.#progress = progress
    this.#onProblem = onProblem
  }

  append(bytes: Uint8Array, seq: number): void {
    try {
      const journal = (this.#journal ??= Journal.create(this.#dbPath))
      if (journal.size > EMPTY_FROM_BYTES && this.#isSafe(seq - 1)) journal.empty()
      journal.append(bytes)
      this.#lastSeq = seq
    } catch (error) {
      this.#onProblem('spool_unavailable', `records cannot be written beside ${this.#dbPath}: ${String(error)}`, 1)
    }
  }

  close(): void {
    const journal = this.#journal
    this.#journal = undefined
    if (journal === undefined) return
    try {
      if (this.#isSafe(this.#lastSeq)) journal.empty()
      journal.close(this.#dbPath)
    } catch (error) {
      this.#onProblem('spool_unavailable', `${journal.path} cannot be removed: ${String(error)}`, 0)
    }
  }

  /** Whether the store's thread has everything up to a number, in the database or in its own file. */
  #isSafe(seq: number): boolean {
    return Math.max(this.#progress.int(INT.settled), this.#progress.int(INT.taken)) >= seq
  }
}
