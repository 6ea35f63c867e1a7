import { HOUR_MICROS, HOURS_PER_DAY } from './instant.js'

/** From a number on, and up to another that is not in it. */
export type Span = readonly [from: number, to: number]

/** The calls of a period, without overlap: whole days, whole hours, and what is less than an hour, by rows. */
export interface PeriodParts {
  readonly days: Span
  /** The hours of days and hours together. */
  readonly whole: Span
  readonly hours: readonly Span[]
  /** Microseconds. */
  readonly edges: readonly Span[]
}

/**
 * Splits a period.
 *
 * @param since microseconds; -Infinity from the first call on
 * @param until microseconds; Infinity to the last call
 * @param byHour take hours instead of days
 */
export function splitPeriod(since: number, until: number, byHour: boolean): PeriodParts {
  const hours: Span = [Math.ceil(since / HOUR_MICROS), Math.floor(until / HOUR_MICROS)]
  if (hours[0] >= hours[1]) return { days: NOTHING, whole: NOTHING, hours: [], edges: spans([since, until]) }
  const edges = spans([since, hours[0] * HOUR_MICROS], [hours[1] * HOUR_MICROS, until])
  const days: Span = [Math.ceil(hours[0] / HOURS_PER_DAY), Math.floor(hours[1] / HOURS_PER_DAY)]
  if (byHour || days[0] >= days[1]) return { days: NOTHING, whole: hours, hours: [hours], edges }
  return {
    days,
    whole: hours,
    hours: spans([hours[0], days[0] * HOURS_PER_DAY], [days[1] * HOURS_PER_DAY, hours[1]]),
    edges,
  }
}

const NOTHING: Span = [0, 0]

function spans(...given: Span[]): Span[] {
  return given.filter(([from, to]) => from < to)
}

/**
 * A time that lies before the frozen days, put to the start of its hour: of such calls only the sums of hours are left.
 */
export function roundFrozen(micros: number, frozenMicros: number): number {
  return micros < frozenMicros ? Math.floor(micros / HOUR_MICROS) * HOUR_MICROS : micros
}
