const MICROS_PER_SECOND = 1_000_000

let cachedMinute = Number.NaN
let cachedPrefix = ''

/**
 * Fixed-width UTC text with microseconds, `2026-11-24T14:55:00.123456+00:00`: it sorts as text, and Python's
 * `datetime.fromisoformat` reads it. The part before the seconds is cached: calls come many to a minute.
 *
 * @param micros microseconds since the Unix epoch, in the years 0 to 9999
 * @throws RangeError when the time has no such text
 */
export function timeText(micros: number): string {
  const whole = Math.round(micros)
  const second = Math.floor(whole / MICROS_PER_SECOND)
  const minute = Math.floor(second / 60)
  if (minute !== cachedMinute) {
    cachedPrefix = textBeforeSeconds(second)
    cachedMinute = minute
  }
  const micro = whole - second * MICROS_PER_SECOND
  const milli = Math.floor(micro / 1000)
  const seconds = threeDigits(second - minute * 60).slice(1)
  return `${cachedPrefix}${seconds}.${threeDigits(milli)}${threeDigits(micro - milli * 1000)}+00:00`
}

const THREE_DIGITS = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'))

function threeDigits(value: number): string {
  return THREE_DIGITS[value] as string
}

function textBeforeSeconds(second: number): string {
  const date = new Date(second * 1000)
  const year = date.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new RangeError(`time ${second} s since 1970 lies outside the years 0 to 9999`)
  return date.toISOString().slice(0, 17)
}

const TIME_TEXT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i

/**
 * Microseconds since the Unix epoch of an ISO 8601 text, or undefined when it is none. Text without an offset is
 * local time, as Python's `datetime.now().isoformat()` writes it.
 */
export function parseTimeText(text: string): number | undefined {
  const match = TIME_TEXT.exec(text.trim())
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match
  const fields = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const
  if (!isCalendarTime(fields)) return undefined
  const millis = offset === undefined ? localMillis(fields) : utcMillis(fields) - offsetMinutes(offset) * 60_000
  return millis * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

type TimeFields = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number]

function utcMillis([year, month, day, hour, minute, second]: TimeFields): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date.setUTCHours(hour, minute, second)
}

function localMillis([year, month, day, hour, minute, second]: TimeFields): number {
  const date = new Date(2000, 0, 1)
  date.setFullYear(year, month, day)
  return date.setHours(hour, minute, second, 0)
}

function isCalendarTime(fields: TimeFields): boolean {
  const [, month, day, hour, minute, second] = fields
  const date = new Date(utcMillis(fields))
  return date.getUTCMonth() === month && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z' || offset === 'z') return 0
  const sign = offset.startsWith('-') ? -1 : 1
  return sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0))
}

/** The same instant as fixed-width UTC text, whatever form it was stored in; text that is no time stays as it is. */
export function normalizeTimeText(text: string): string {
  if (text.length === 32 && text.endsWith('+00:00')) return text
  const micros = parseTimeText(text)
  return micros === undefined ? text : timeText(micros)
}

/** `2026-11-24T14:55:00.123456` in the zone of this process: what the original would have written at that instant. */
export function localTimeText(micros: number): string {
  const date = new Date(Math.floor(micros / 1000))
  const shifted = micros - date.getTimezoneOffset() * 60 * MICROS_PER_SECOND
  return timeText(shifted).slice(0, 26)
}
