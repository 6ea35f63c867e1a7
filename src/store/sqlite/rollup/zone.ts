import { DAY_MICROS, HOUR_MICROS } from './instant.js'

/** Days of a time zone, counted as if the zone's clock were UTC's. */
export interface Days {
  /** The day that an hour of UTC belongs to, by the hour's begin. */
  dayOf(hour: number): number
  /** When a day begins, in microseconds. */
  startOf(day: number): number
}

export const UTC_DAYS: Days = {
  dayOf: (hour) => Math.floor((hour * HOUR_MICROS) / DAY_MICROS),
  startOf: (day) => day * DAY_MICROS,
}

/** Zones that were asked for lately: to ask for a zone's clock takes longer than what it is needed for. */
const zones = new Map<string, Days>()
const MAX_ZONES = 20

/** @throws RangeError when there is no such zone */
export function daysOf(timeZone: string): Days {
  let days = zones.get(timeZone)
  if (days !== undefined) return days
  days = makeDays(timeZone)
  if (zones.size >= MAX_ZONES) zones.clear()
  zones.set(timeZone, days)
  return days
}

/** Hours of a zone whose offsets are remembered. */
const MAX_HOURS = 50_000

function makeDays(timeZone: string): Days {
  const format = formatOf(timeZone)
  const known = new Map<number, number>()
  const offset = (hour: number): number => {
    let found = known.get(hour)
    if (found !== undefined) return found
    if (known.size >= MAX_HOURS) known.clear()
    known.set(hour, (found = offsetMicros(format, hour * HOUR_MICROS)))
    return found
  }
  /** Clocks are put forward or back at most once a day: where both ends are equal, so is what lies between. */
  const quickOffset = (hour: number): number => {
    const first = Math.floor(hour / 24) * 24
    return offset(first) === offset(first + 24) ? offset(first) : offset(hour)
  }
  return {
    dayOf: (hour) => Math.floor((hour * HOUR_MICROS + quickOffset(hour)) / DAY_MICROS),
    startOf: (day) => {
      const guess = day * DAY_MICROS - offset(Math.floor((day * DAY_MICROS) / HOUR_MICROS))
      return day * DAY_MICROS - offset(Math.floor(guess / HOUR_MICROS))
    },
  }
}

const FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    const numeric = Object.fromEntries(FIELDS.map((field) => [field, 'numeric']))
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numeric })
  } catch {
    throw new RangeError(`timeZone is ${JSON.stringify(timeZone)}: give an IANA name such as Europe/Berlin`)
  }
}

/** How far the zone's clock is ahead of UTC at an instant. */
function offsetMicros(format: Intl.DateTimeFormat, micros: number): number {
  const parts = new Map(format.formatToParts(micros / 1000).map(({ type, value }) => [type, Number(value)]))
  const [year, month, day, hour, minute, second] = FIELDS.map((field) => parts.get(field) ?? 0) as [
    ...[number, number, number, number, number, number],
  ]
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000 - micros
}
