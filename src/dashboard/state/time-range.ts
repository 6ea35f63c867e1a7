import { computed } from '@preact/signals'
import { dateTime } from '../format/times.js'
import { type Params, param } from './route.js'

export interface Preset {
  /** As the API takes it in `since`; `all` for no bound. */
  readonly since: string
  readonly label: string
}

export const PRESETS: readonly Preset[] = [
  { since: '1h', label: 'Last hour' },
  { since: '6h', label: 'Last 6 hours' },
  { since: '24h', label: 'Last 24 hours' },
  { since: '7d', label: 'Last 7 days' },
  { since: '4w', label: 'Last 4 weeks' },
  { since: '90d', label: 'Last 90 days' },
  { since: 'all', label: 'All time' },
]

const DEFAULT_SINCE = '24h'

export const BROWSER_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone

/** The IANA name of the zone that times are shown in. */
export const zone = computed(() => {
  const wanted = param('tz')
  return wanted !== null && isZone(wanted) ? wanted : BROWSER_ZONE
})

export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const since = computed(() => param('since') ?? DEFAULT_SINCE)
const until = computed(() => param('until'))

/** The preset that is chosen, or null for a time of one's own. */
export const preset = computed(() =>
  until.value === null ? (PRESETS.find((item) => item.since === since.value) ?? null) : null,
)

/** The time that is looked at, in words. */
export const rangeLabel = computed(() => {
  if (preset.value !== null) return preset.value.label
  const from = since.value === 'all' ? 'the first call' : readable(since.value)
  return until.value === null ? `Since ${from}` : `${from} – ${readable(until.value)}`
})

function readable(time: string): string {
  const at = Date.parse(time)
  return Number.isNaN(at) ? time : dateTime(at, zone.value)
}

/** The time as parameters of the API. */
export const rangeParams = computed((): Params => ({
  since: since.value === 'all' ? undefined : since.value,
  until: until.value ?? undefined,
}))

/** The time between two moments, in seconds since 1970, as parameters of the place. */
export function rangeBetween(from: number, to: number): Params {
  return { since: new Date(from * 1000).toISOString(), until: new Date(to * 1000).toISOString() }
}
