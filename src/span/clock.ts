/** Milliseconds by which the two clocks may part before the wall clock is believed to have been set. */
const TOLERANCE_MS = 2
/** Milliseconds between two looks at the wall clock: to look costs a tenth of a tracked call. */
const LOOK_EVERY_MS = 0.5

let offset = Date.now() - performance.now()
let lookedAt = Number.NEGATIVE_INFINITY

/**
 * Milliseconds since the epoch, with the fine digits of the monotonic clock. When the wall clock is set, it is followed
 * within two milliseconds.
 *
 * @param monotonic what `performance.now()` gave just now
 */
export function wallClock(monotonic: number): number {
  if (Math.abs(monotonic - lookedAt) < LOOK_EVERY_MS) return offset + monotonic
  lookedAt = monotonic
  const wall = Date.now()
  if (Math.abs(offset + monotonic - wall) > TOLERANCE_MS) offset = wall - monotonic
  return offset + monotonic
}
