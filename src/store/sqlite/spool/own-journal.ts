import type { ProblemListener } from '../../sink.js'
import type { SyncJournal } from '../batch/outbox.js'
import { INT, type Progress } from '../progress.js'
import { Journal } from './journal.js'

/** A file that is larger than this is emptied when the store's thread has everything in it. */
const EMPTY_FROM_BYTES = 1024 * 1024

/** A file that is larger than this takes nothing more, so that a disk that is slow or full is left alone. */
const MAX_BYTES = 64 * 1024 * 1024

/** After a failure the file is left alone for so many milliseconds. */
const FAILURE_PAUSE_MS = 1000

/**
 * The journal that the application's own thread writes, where the thread of the store would be too late. Where it
 * cannot be written, records go on without it, and its owner is told.
 */
export class OwnJournal implements SyncJournal {
  readonly #dbPath: string
  readonly #progress: Progress
  readonly #onProblem: ProblemListener
  #journal: Journal | undefined
  #lastSeq = 0
  #notBefore = 0

  constructor(dbPath: string, progress: Progress, onProblem: ProblemListener) {
    this.#dbPath = dbPath
    this.#progress = progress
    this.#onProblem = onProblem
  }

  append(bytes: Uint8Array, seq: number): void {
    if (this.#notBefore > 0 && Date.now() < this.#notBefore) return
    try {
      const journal = (this.#journal ??= Journal.create(this.#dbPath))
      if (journal.size > EMPTY_FROM_BYTES && this.#isSafe(seq - 1)) journal.empty()
      if (journal.size > MAX_BYTES) return
      journal.append(bytes)
      this.#lastSeq = seq
    } catch (error) {
      this.#notBefore = Date.now() + FAILURE_PAUSE_MS
      this.#onProblem('spool_unavailable', `records cannot be written beside ${this.#dbPath}: ${String(error)}`, 1)
    }
  }

  tidy(): void {
    if (this.#journal !== undefined && this.#isSafe(this.#lastSeq)) this.close()
  }

  /** Removes the file, or leaves it to whoever comes next where not everything in it is safe. */
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
