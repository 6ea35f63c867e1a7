import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError } from '../../contract.js'
import { isBusy } from '../write/failure.js'
import { Turns } from '../write/turns.js'

/** How long the lock is waited for. */
const PATIENCE_MS = 60_000

/** Between two looks whose turn it is. */
const LOOK_MS = 2

/** Where others write, as long as the work took, and at least this long, the lock is left to them. */
const LEAST_REST_MS = 1

/** Does short pieces of writing in turn with the writers of other processes, and leaves them at least half of the time. */
export class InTurn {
  readonly #path: string
  readonly #turns: Turns
  readonly #signal: AbortSignal | undefined

  constructor(path: string, signal?: AbortSignal) {
    this.#path = path
    this.#turns = new Turns(path)
    this.#signal = signal
  }

  /**
   * @param work takes the write lock, and throws SQLITE_BUSY where another has it
   * @throws StoreError `unavailable` where the lock is never free; what the signal says
   */
  async run<T>(work: () => T): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS
    try {
      for (;;) {
        this.#signal?.throwIfAborted()
        const late = Date.now() > deadline
        if (late || !this.#turns.hasCompany || this.#turns.ahead() === 0) {
          const started = performance.now()
          const done = this.#attempt(work, late)
          if (done !== undefined) {
            this.#turns.done()
            await this.#rest(performance.now() - started)
            return done.result
          }
        }
        await sleep(LOOK_MS)
      }
    } finally {
      this.#turns.done()
    }
  }

  #attempt<T>(work: () => T, late: boolean): { result: T } | undefined {
    try {
      return { result: work() }
    } catch (error) {
      if (!isBusy(error)) throw error
      this.#turns.met()
      if (!late) return undefined
      throw new StoreError(
        'unavailable',
        `${this.#path} is locked by another process: try again when it has finished`,
        {
          cause: error,
        },
      )
    }
  }

  async #rest(millis: number): Promise<void> {
    await sleep(this.#turns.hasCompany ? Math.max(LEAST_REST_MS, millis) : 0)
  }

  close(): void {
    this.#turns.close()
  }
}
