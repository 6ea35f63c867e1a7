import { INT, type Progress } from '../progress.js'

/**
 * The thread's sign of life, and where it obeys: it must never be ended from outside while SQLite may throw an error.
 * The native module aborts the whole process when it cannot make an error object, as in a thread that is being ended.
 */
export class Pulse {
  readonly #progress: Progress
  readonly #generation: number

  constructor(progress: Progress, generation: number) {
    this.#progress = progress
    this.#generation = generation
  }

  /** To be called often, where nothing of SQLite's is under way but a transaction. */
  beat(): void {
    const { ints } = this.#progress
    Atomics.add(ints, INT.beat, 1)
    // It was taken for dead, and another has its place. Nothing of its own is lost: the other has it too.
    // oxlint-disable-next-line unicorn/no-process-exit -- in a worker this ends the thread
    if (Atomics.load(ints, INT.generation) !== this.#generation) process.exit()
    if (Atomics.load(ints, INT.stop) === 0) return
    Atomics.store(ints, INT.stopped, 1)
    Atomics.notify(ints, INT.stopped)
    Atomics.wait(ints, INT.stop, 1)
    Atomics.store(ints, INT.stopped, 0)
  }
}
