import { localTimeText, parseTimeText, timeText } from '../record/index.js'

/** A point in time as the user wrote it and as it is meant. */
export interface Moment {
  readonly text: string
  /** Milliseconds since 1970. */
  readonly millis: number
}

const UNIT_MILLIS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

export const MOMENT_FORMS =
  'a time back from now such as 30m, 24h, 7d or 2w, or an ISO date or time such as 2026-11-24 or 2026-11-24T14:55'

/**
 * `30m`, `24h`, `7d` and `2w` count back from now in minutes, hours, days and weeks of fixed length. Anything else is
 * ISO 8601, local time where it has no offset.
 *
 * @param now milliseconds since 1970
 * @returns undefined when the text is no time, or one outside the years 0 to 9999
 */
export function parseMoment(text: string, now: number): Moment | undefined {
  const back = /^(\d+)\s*([mhdw])$/i.exec(text.trim())
  const micros = back === null ? parseTimeText(text) : (now - Number(back[1]) * unitMillis(back[2])) * 1000
  return micros === undefined || !hasText(micros) ? undefined : { text: text.trim(), millis: micros / 1000 }
}

function unitMillis(unit = ''): number {
  return UNIT_MILLIS[unit.toLowerCase()] ?? Number.NaN
}

/** The store compares times as text, in UTC and in the local zone. */
function hasText(micros: number): boolean {
  try {
    return timeText(micros) !== '' && localTimeText(micros) !== ''
  } catch {
    return false
  }
}
