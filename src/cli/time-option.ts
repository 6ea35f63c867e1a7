import { localTimeText, parseTimeText, timeText } from '../record/index.js'
import { parseInZone } from './zone.js'

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
 * @param zone of a time without an offset; that of the process when undefined
 * @returns undefined when the text is no time, or one outside the years 0 to 9999
 */
export function parseMoment(text: string, now: number, zone?: string): Moment | undefined {
  const back = /^(\d+)\s*([mhdw])$/i.exec(text.trim())
  const micros =
    back === null
      ? zone === undefined
        ? parseTimeText(text)
        : parseInZone(text, zone)
      : (now - Number(back[1]) * unitMillis(back[2])) * 1000
  return micros === undefined || !hasText(micros) ? undefined : { text: text.trim(), millis: micros / 1000 }
}

export const SPAN_FORMS = 'a time such as 10s, 30m, 24h or 7d'

/** A length of time. @returns milliseconds; undefined when the text is none */
export function parseSpan(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*(s|m|h|d|w)$/i.exec(text.trim()) ?? []
  const millis = Number(number) * (unit.toLowerCase() === 's' ? 1000 : unitMillis(unit))
  return millis > 0 && Number.isFinite(millis) ? millis : undefined
}

/** A moment that was given before the zone was known, in that zone. */
export function inZone(moment: Moment | undefined, now: number, zone: string | undefined): Moment | undefined {
  return moment === undefined || zone === undefined ? moment : (parseMoment(moment.text, now, zone) ?? moment)
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
