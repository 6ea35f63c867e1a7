import { parseTimeText } from '../record/index.js'

const MINUTE = 60_000

/** Whether the system knows a time zone, such as `Europe/Berlin` or `UTC`. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** `2026-11-24 16:06:15` as clocks in a zone show it. @param millis milliseconds since 1970 */
export function zonedTime(millis: number, zone: string): string {
  return formatIn(zone)
    .format(new Date(Math.floor(millis / 1000) * 1000))
    .replace(',', '')
}

/**
 * Microseconds of an ISO text that names no offset and is meant in a zone; of one that names an offset, as it says.
 * @returns undefined when the text is no time
 */
export function parseInZone(text: string, zone: string): number | undefined {
  const asUtc = parseTimeText(/\d$/.test(text.trim()) && !/[T ].*[+-]\d/.test(text) ? `${text.trim()}Z` : text)
  if (asUtc === undefined || /(?:Z|[T ].*[+-]\d\d(?::?\d\d)?)$/i.test(text.trim())) return asUtc
  const offsetAt = (micros: number) => {
    const millis = micros / 1000
    return (Date.parse(`${zonedTime(millis, zone).replace(' ', 'T')}Z`) - Math.floor(millis / 1000) * 1000) * 1000
  }
  // The offset at the moment itself, which differs from that at the first guess around a change of the clocks.
  const guess = asUtc - offsetAt(asUtc)
  return asUtc - Math.round(offsetAt(guess) / (MINUTE * 1000)) * MINUTE * 1000
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(zone, format)
  }
  return format
}
