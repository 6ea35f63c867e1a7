import { INT, type Progress } from '../progress.js'
import type { Notice } from '../protocol.js'
import { isBusy } from './failure.js'

/** How long a request waits while others hold the write lock, in milliseconds. */
const LOCK_PATIENCE_MS = 60_000

/** A lock that is held longer than this shows in the writer's health. */
const LOCK_SHOWS_MS = 5000

/** A lock that is held longer than this is worth a warning. */
const LOCK_WARNS_MS = 30_000

/** The longest between two looks at whose turn it is. */
const MAX_LOOK_MS = 20

/** What fails for less may be over with the next attempt: others opening, closing or recovering the file. */
const LASTING_MS = 1000

const FIRST_PAUSE_MS = 50
const MAX_PAUSE_MS = 1000

export interface AvailabilityOwner {
  say(notice: Notice): void
  /** Time to try again. */
  retry(): void
}

/** Whether the database can be written, and when to try again. */
export class Availability {
  readonly #path: string
  readonly #progress: Progress
  readonly #owner: AvailabilityOwner
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4))
  #pause = 0
  #timer: NodeJS.Timeout | undefined
  #since = 0
  #lockedSince = 0
  #message = ''
  #hasWarned = false

  constructor(path: string, progress: Progress, owner: AvailabilityOwner) {
    this.#path = path
    this.#progress = progress
    this.#owner = owner
    Atomics.store(progress.ints, INT.unavailable, 0)
  }

  /** Whether the last attempt failed and the next one is not due yet. */
  get isResting(): boolean {
    return this.#timer !== undefined
  }

  /** Whether attempts have failed for so long that nobody should wait for the next one. */
  get isLasting(): boolean {
    return this.#since > 0 && Date.now() - this.#since >= LASTING_MS
  }

  succeeded(): void {
    this.#lockedSince = 0
    if (this.#since === 0) return
    this.close()
    this.#since = 0
    this.#pause = 0
    this.#message = ''
    this.#hasWarned = false
    Atomics.store(this.#progress.ints, INT.unavailable, 0)
    this.#owner.say({ kind: 'database', state: { status: 'ok' } })
  }

  /** Notes a failure; `retry` follows after a pause that grows from 50 ms to a second. */
  failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    this.#show(message)
    if (!isBusy(error)) this.#warn(message)
    if (this.isLasting) Atomics.store(this.#progress.ints, INT.unavailable, 1)
    this.#pause = Math.min(MAX_PAUSE_MS, this.#pause === 0 ? FIRST_PAUSE_MS : this.#pause * 2)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#owner.retry()
    }, this.#pause)
  }

  /**
   * Waits a moment for the lock that another connection holds, or for the turn of another writer.
   * @param between what is to be done meanwhile
   * @param ahead how many writers have their turn before this one
   * @returns false where it has been waited for long enough
   */
  waitForLock(between: () => void, ahead: number): boolean {
    const now = Date.now()
    if (this.#lockedSince === 0) this.#lockedSince = now
    const waited = now - this.#lockedSince
    const message = `${this.#path} is locked by another process: records wait until it has finished`
    if (waited > LOCK_SHOWS_MS) this.#show(message)
    if (waited > LOCK_WARNS_MS) this.#warn(message)
    if (waited > LOCK_PATIENCE_MS) {
      this.#lockedSince = 0
      return false
    }
    // Each holds the lock for some 25 ms: who comes later need not look as often.
    const pause = ahead > 1 ? Math.min(MAX_LOOK_MS, ahead * 5) : waited < 500 ? 1 : 8
    Atomics.wait(this.#sleeper, 0, 0, pause)
    between()
    return true
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #show(message: string): void {
    if (this.#since === 0) this.#since = Date.now()
    if (this.#message === message) return
    this.#message = message
    this.#owner.say({ kind: 'database', state: { status: 'unavailable', message, since: this.#since } })
  }

  #warn(message: string): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#owner.say({ kind: 'problem', topic: 'database_unavailable', message, count: 0 })
  }
}
