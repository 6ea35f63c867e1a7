import type { LatencyBar } from '../../explore.js'
import type { Question } from '../filter.js'
import { tallyOf } from '../rollup/stats.js'
import type { Snapshot } from '../rollup/snapshot.js'

/** Bars to a factor of ten. */
const BARS_PER_DECADE = 6

/** Durations below this, in seconds, are in one bar that begins at 0. */
const SMALLEST = 1e-6

/** The durations of a question in bars: from the histograms of the sums, whose values are within 1 %. */
export function latency(snapshot: Snapshot, question: Question): LatencyBar[] {
  const counts = new Map<number, number>()
  for (const [duration, count] of tallyOf(snapshot, question).tally.durations()) {
    const bar = barOf(duration)
    counts.set(bar, (counts.get(bar) ?? 0) + count)
  }
  if (counts.size === 0) return []
  const timed = [...counts.keys()].filter((bar) => bar !== ZERO_BAR)
  const bars = timed.length === 0 ? [] : range(Math.min(...timed), Math.max(...timed))
  return [...(counts.has(ZERO_BAR) ? [ZERO_BAR] : []), ...bars].map((bar) => ({
    from: bar === ZERO_BAR ? 0 : boundOf(bar),
    to: bar === ZERO_BAR ? SMALLEST : boundOf(bar + 1),
    count: counts.get(bar) ?? 0,
  }))
}

const ZERO_BAR = -Infinity

function barOf(duration: number): number {
  return duration < SMALLEST ? ZERO_BAR : Math.floor(Math.log10(duration) * BARS_PER_DECADE)
}

function boundOf(bar: number): number {
  return Number((10 ** (bar / BARS_PER_DECADE)).toPrecision(6))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
