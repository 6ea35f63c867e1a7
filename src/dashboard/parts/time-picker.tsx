import { useSignal } from '@preact/signals'
import { fromLocalInput, toLocalInput } from '../format/times.js'
import { go, linkWith, param } from '../state/route.js'
import { BROWSER_ZONE, PRESETS, isZone, preset, rangeBetween, rangeLabel, zone } from '../state/time-range.js'
import { Popover, useClose } from './menu.jsx'

/** The time that is looked at, and the zone that times are shown in. */
export function TimePicker() {
  return (
    <Popover
      label="Time range and time zone"
      icon="clock"
      role="dialog"
      class="time-picker"
      text={<span class="time-picker-text">{rangeLabel.value}</span>}
    >
      <div class="time-picker-parts">
        <Presets />
        <div>
          <OwnRange />
          <Zone />
        </div>
      </div>
    </Popover>
  )
}

function Presets() {
  const close = useClose()
  return (
    <div class="presets" role="group" aria-label="Presets">
      {PRESETS.map((item) => (
        <button
          key={item.since}
          type="button"
          class="menu-item"
          aria-pressed={preset.value === item}
          onClick={() => {
            go(linkWith({ since: item.since, until: undefined, cursor: undefined }))
            close()
          }}
        >
          {item.label}
        </button>
      ))}
    </div>
  )
}

const DAY = 86_400_000

/** What the inputs say at first: the time that is looked at, or the last day. */
function shown(name: 'since' | 'until', otherwise: number): string {
  const at = Date.parse(param(name) ?? '')
  return toLocalInput(Number.isNaN(at) ? otherwise : at, zone.value)
}

function OwnRange() {
  const close = useClose()
  const from = useSignal(shown('since', Date.now() - DAY))
  const to = useSignal(shown('until', Date.now() + 60_000))
  const problem = useSignal('')
  const take = (event: Event): void => {
    event.preventDefault()
    const [begin, end] = [fromLocalInput(from.value, zone.value), fromLocalInput(to.value, zone.value)]
    if (Number.isNaN(begin) || Number.isNaN(end)) problem.value = 'Fill in both times.'
    else if (begin >= end) problem.value = 'The first time has to be before the second.'
    else {
      go(linkWith(rangeBetween(begin / 1000, end / 1000)))
      close()
    }
  }
  return (
    <form class="form" onSubmit={take}>
      <label>
        From
        <input type="datetime-local" value={from} onInput={(event) => (from.value = event.currentTarget.value)} />
      </label>
      <label>
        To
        <input type="datetime-local" value={to} onInput={(event) => (to.value = event.currentTarget.value)} />
      </label>
      <p class="form-problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="button is-primary">
        Show this time
      </button>
    </form>
  )
}

function zoneNames(): string[] {
  const names = new Set(['UTC', BROWSER_ZONE, zone.value, ...Intl.supportedValuesOf('timeZone')])
  return [...names].filter(isZone)
}

function Zone() {
  return (
    <label class="form-field">
      Time zone
      <select
        value={zone.value}
        onChange={({ currentTarget: { value } }) => {
          go(linkWith({ tz: value === BROWSER_ZONE ? undefined : value }))
        }}
      >
        {zoneNames().map((name) => (
          <option key={name} value={name}>
            {name === BROWSER_ZONE ? `${name} (this browser’s)` : name}
          </option>
        ))}
      </select>
    </label>
  )
}
