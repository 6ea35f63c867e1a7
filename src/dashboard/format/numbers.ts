const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** `1,234` */
export const count = (value: number): string => whole.format(Math.round(value))

/** `1,234` below a hundred thousand, `1.2M` above. */
export const compact = (value: number): string => (value < 100_000 ? count(value) : short.format(value))

/** Three significant digits, no zeros at the end. */
function digits(value: number): string {
  const places = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return String(Number(value.toFixed(places)))
}

/** `99.2 %`, as the command line rounds it; only all is 100 %, and only none is 0 %. */
export function percent(value: number): string {
  if (value > 0 && value < 0.1) return '<0.1 %'
  const tenths = Math.round(value * 10) / 10
  return `${value < 100 ? Math.min(99.9, tenths) : tenths} %`
}

/** `340 µs`, `12.4 ms`, `1.25 s`, `2 min 5 s`, `3 h 20 min` */
export function duration(seconds: number): string {
  if (seconds <= 0) return '0 s'
  if (seconds < 0.000_999_5) return `${digits(seconds * 1e6)} µs`
  if (seconds < 0.9995) return `${digits(seconds * 1e3)} ms`
  if (seconds < 59.95) return `${digits(seconds)} s`
  if (seconds < 3570) return twoUnits(Math.round(seconds), 60, 'min', 's')
  return twoUnits(Math.round(seconds / 60), 60, 'h', 'min')
}

function twoUnits(amount: number, per: number, unit: string, part: string): string {
  const rest = amount % per
  return rest === 0 ? `${amount / per} ${unit}` : `${Math.floor(amount / per)} ${unit} ${rest} ${part}`
}

const SIZES = ['kB', 'MB', 'GB', 'TB']

/** `812 B`, `1.2 kB` */
export function size(bytes: number): string {
  if (bytes < 999.5) return `${Math.round(bytes)} B`
  let value = bytes
  let unit = 'B'
  for (const name of SIZES) {
    if (value < 999.5) break
    value /= 1000
    unit = name
  }
  return `${digits(value)} ${unit}`
}

/** `0.87`, of an efficiency. */
export const score = (value: number): string => value.toFixed(2)
