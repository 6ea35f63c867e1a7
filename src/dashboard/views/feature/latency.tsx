import { useMemo } from 'preact/hooks'
import type { HistogramBar, Totals } from '../../../server/contract.js'
import { ChartCard } from '../../charts/chart-card.jsx'
import type { PlotData } from '../../charts/data.js'
import { compact, duration } from '../../format/numbers.js'
import { go, linkTo } from '../../state/route.js'

interface LatencyProps {
  readonly feature: string
  readonly bars: readonly HistogramBar[]
  readonly stats: Totals
}

/** How long the calls took; a selection shows those records. */
export function Latency({ feature, bars, stats }: LatencyProps) {
  const data = useMemo(() => histogramData(bars), [bars])
  const marks = [
    { at: place(bars, stats.p50_duration), label: `p50 ${duration(stats.p50_duration)}` },
    { at: place(bars, stats.p95_duration), label: `p95 ${duration(stats.p95_duration)}` },
    { at: place(bars, stats.p99_duration), label: `p99 ${duration(stats.p99_duration)}` },
  ]
  const show = (from: number, to: number): void => {
    const first = bars[Math.max(0, Math.floor(from))]
    const last = bars[Math.min(bars.length - 1, Math.ceil(to) - 1)]
    if (first === undefined || last === undefined) return
    go(linkTo('records', { feature, min_duration: String(first.from), max_duration: String(last.to) }))
  }
  return (
    <ChartCard
      title="Latency"
      class="span-8"
      note="calls by duration; select to see them"
      data={data}
      kind="bar"
      time={false}
      step={1}
      marks={marks}
      onSelect={show}
    />
  )
}

function histogramData(bars: readonly HistogramBar[]): PlotData {
  const range = (bar: HistogramBar | undefined): string =>
    bar === undefined ? '' : `${duration(bar.from)} – ${duration(bar.to)}`
  return {
    xLabel: 'Duration',
    x: bars.map((_, index) => index),
    series: [{ label: 'Calls', tone: 'accent', values: bars.map(({ count }) => count) }],
    formatX: (x) => range(bars[x]),
    tickX: (x) => duration(bars[x]?.from ?? 0),
    exactX: (x) => String(bars[x]?.from ?? ''),
    format: compact,
  }
}

/** Where a duration lies among the bars, in numbers of bars. */
function place(bars: readonly HistogramBar[], seconds: number): number {
  const index = bars.findIndex(({ to }) => seconds < to)
  const bar = bars[index]
  if (bar === undefined) return bars.length
  return index + Math.max(0, (seconds - bar.from) / (bar.to - bar.from))
}
