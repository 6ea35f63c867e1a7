import { INT, type Progress } from './progress.js'

/** How long the end of a process waits for the thread to be where it can be ended safely. */
const STAND_STILL_MS = 100

/**
 * The process may be about to end, and takes its threads along: the store's is not to be in SQLite then, whose native
 * module aborts the process where it cannot make an error. Where the process does not end after all, it goes on.
 */
export function standStill(progress: Progress): void {
  const { ints } = progress
  Atomics.store(ints, INT.stop, 1)
  Atomics.wait(ints, INT.stopped, 0, STAND_STILL_MS)
  setImmediate(() => {
    goOn(progress)
  })
}

export function goOn({ ints }: Progress): void {
  Atomics.store(ints, INT.stop, 0)
  Atomics.notify(ints, INT.stop)
}
