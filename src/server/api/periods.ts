import { parseTimeText, timeText } from '../../record/index.js'
import type { RecordFilter, SeriesBucket, SeriesQuery } from '../../store/index.js'

const MINUTE_MICROS = 60_000_000
const HOUR_MICROS = 60 * MINUTE_MICROS

/** Up to so many hours are shown by minute. */
const MAX_BY_MINUTE = 3

/** Up to so many hours are shown by hour. */
const MAX_HOURLY = 72

/** The filter for the time of the same length before; undefined where no begin is given. */
export function periodBefore(filter: RecordFilter, now = Date.now()): RecordFilter | undefined {
  const since = microsOf(filter.since)
  if (since === undefined) return undefined
  const length = (microsOf(filter.until) ?? now * 1000) - since
  const begin = safeText(since - length)
  return length > 0 && begin !== undefined ? { ...filter, since: begin, until: timeText(since) } : undefined
}

/** The minutes, hours or days of a time, without gaps up to now. */
export function seriesQuery(
  filter: RecordFilter,
  given: { bucket?: SeriesBucket | undefined; tz?: string | undefined },
  now = Date.now(),
): SeriesQuery {
  const bucket = given.bucket ?? bucketFor(hoursOf(filter, now))
  // The end of the hour: of whole hours there are sums.
  const unit = bucket === 'minute' ? MINUTE_MICROS : HOUR_MICROS
  const until = filter.until ?? timeText(Math.ceil((now * 1000 + 1) / unit) * unit)
  return { ...filter, until, bucket, timeZone: given.tz, fill: true }
}

function bucketFor(hours: number): SeriesBucket {
  if (hours <= MAX_BY_MINUTE) return 'minute'
  return hours <= MAX_HOURLY ? 'hour' : 'day'
}

function hoursOf(filter: RecordFilter, now: number): number {
  const since = microsOf(filter.since) ?? -Infinity
  return ((microsOf(filter.until) ?? now * 1000) - since) / HOUR_MICROS
}

function microsOf(time: RecordFilter['since']): number | undefined {
  return typeof time === 'string' ? parseTimeText(time) : undefined
}

/** Undefined outside the calendar. */
function safeText(micros: number): string | undefined {
  try {
    return timeText(micros)
  } catch {
    return undefined
  }
}
