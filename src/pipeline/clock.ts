/** Milliseconds by which the two clocks may part before the wall clock is believed to have been set. */
const TOLERANCE_MS = 2

let offset = Date.now() - performance.now()

/**
 * Milliseconds since the epoch, with the fine digits of the monotonic clock. When the wall clock is set, it is followed
 * within two milliseconds.
 *
 * @param monotonic what `performance.now()` gave just now
 */
export function wallClock(monotonic: number): number {
  const wall = Date.now()
  const estimate = offset + monotonic
  if (Math.abs(estimate - wall) <= TOLERANCE_MS) return estimate
  offset = wall - monotonic
  return wall
}
