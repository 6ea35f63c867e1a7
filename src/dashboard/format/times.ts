type Style = 'time' | 'dateTime' | 'exact' | 'day'

const STYLES: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  dateTime: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  exact: {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs far more than using it. */
function format(style: Style, zone: string): Intl.DateTimeFormat {
  const key = `${style} ${zone}`
  let found = formats.get(key)
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-GB', { ...STYLES[style], timeZone: zone, hourCycle: 'h23' })
    formats.set(key, found)
  }
  return found
}

/** A time of the API's, in milliseconds since 1970; NaN when it is none. */
export function milliseconds(time: string): number {
  return Date.parse(time)
}

function written(style: Style, at: number, zone: string): string {
  return Number.isFinite(at) ? format(style, zone).format(at) : '–'
}

/** `14:05:09` */
export const timeOfDay = (at: number, zone: string): string => written('time', at, zone)
/** `24 Nov, 14:05` */
export const dateTime = (at: number, zone: string): string => written('dateTime', at, zone)
/** `Tue, 24 Nov 2026, 14:05:09.123 CET` */
export const exactTime = (at: number, zone: string): string => written('exact', at, zone)
/** `Tue, 24 Nov` */
export const day = (at: number, zone: string): string => written('day', at, zone)

const AGO: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
]

/** `3 min ago` */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000)
  for (const [unit, name] of AGO) if (seconds >= unit) return `${Math.floor(seconds / unit)} ${name} ago`
  return seconds < 5 ? 'just now' : `${Math.floor(seconds)} s ago`
}

const FIELDS: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
}

/** `2026-11-24T14:05`, as `<input type="datetime-local">` has it. */
export function toLocalInput(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { ...FIELDS, timeZone: zone }).formatToParts(at)
  const part = (type: string): string => parts.find((item) => item.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`
}

/** Milliseconds since 1970 of what such an input says in a zone; NaN when it says nothing. */
export function fromLocalInput(text: string, zone: string): number {
  const wanted = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN
  // The zone's offset depends on the moment that is looked for: the second step settles it near a change of clocks.
  let at = wanted
  for (let step = 0; step < 2 && Number.isFinite(at); step++) {
    at += wanted - Date.parse(`${toLocalInput(at, zone)}:00Z`)
  }
  return at
}
