import { HOURS_PER_DAY } from './instant.js'
import type { Span } from './period.js'
import type { Snapshot } from './snapshot.js'

/** The hours of a day, as bits. */
export const ALL_HOURS = 2 ** HOURS_PER_DAY - 1

/** The hours of a day from one on and up to another, as bits. */
function hourMaskOf(from: number, to: number): number {
  const below = (hour: number) => (1 << Math.min(Math.max(hour, 0), HOURS_PER_DAY)) - 1
  return below(to) & ~below(from)
}

/** The hours that some bits stand for. */
export function hoursOfMask(mask: number): number[] {
  const hours: number[] = []
  for (let hour = 0; hour < HOURS_PER_DAY; hour++) if (((mask >>> hour) & 1) === 1) hours.push(hour)
  return hours
}

/** The days of a span of hours that have sums, each with its hours that are in the span, as bits. */
export function* daysOfHours(snapshot: Snapshot, [from, to]: Span): Generator<[day: number, hourMask: number]> {
  for (const day of snapshot.days([Math.floor(from / HOURS_PER_DAY), Math.ceil(to / HOURS_PER_DAY)]))
    yield [day, hourMaskOf(from - day * HOURS_PER_DAY, to - day * HOURS_PER_DAY)]
}
