import { durationText, grouped } from './format.js'
import { barOf } from './sparkline.js'

/** So many calls took up to so long. */
export interface LatencyBar {
  /** Seconds; calls that took longer than those of the bar before, and up to this. */
  readonly upTo: number
  readonly calls: number
}

const BAR_WIDTH = 30

/** Bounds of bars in a decade. */
const STEPS = [1, 2, 5, 10] as const

/** Bars with bounds of 1, 2 and 5 times a power of ten; from the first with calls to the last. */
export function latencyBars(counts: readonly { seconds: number; calls: number }[]): LatencyBar[] {
  const bars = new Map<number, number>()
  for (const { seconds, calls } of counts) {
    const bound = boundOf(seconds)
    bars.set(bound, (bars.get(bound) ?? 0) + calls)
  }
  const bounds = [...bars.keys()].toSorted((a, b) => a - b)
  const [first, last] = [bounds[0], bounds.at(-1)]
  if (first === undefined || last === undefined) return []
  const all: LatencyBar[] = []
  for (let upTo = first; upTo <= last && all.length < 60; upTo = boundOf(upTo * 1.5))
    all.push({ upTo, calls: bars.get(upTo) ?? 0 })
  return all
}

function boundOf(seconds: number): number {
  if (seconds <= 1e-6) return 1e-6
  const power = Math.floor(Math.log10(seconds) + 1e-9)
  const step = STEPS.find((one) => seconds <= one * 10 ** power * (1 + 1e-9)) ?? 10
  return Number((step * 10 ** power).toPrecision(1))
}

export function* latencyLines(bars: readonly LatencyBar[]): Generator<string> {
  const largest = Math.max(...bars.map(({ calls }) => calls))
  const width = Math.max(...bars.map(({ calls }) => grouped(calls).length))
  for (const { upTo, calls } of bars)
    yield (
      `  ≤ ${durationText(upTo).padStart(8)}  ${grouped(calls).padStart(width)}  ${barOf(calls, largest, BAR_WIDTH)}`.trimEnd() +
      '\n'
    )
}
