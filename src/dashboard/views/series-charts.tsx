import { useMemo } from 'preact/hooks'
import type { Bucket, SeriesPoint, SeriesResponse } from '../../server/contract.js'
import { ChartCard } from '../charts/chart-card.jsx'
import type { PlotData, PlotSeries } from '../charts/data.js'
import { compact, duration, score, size } from '../format/numbers.js'
import { dateTime, day, milliseconds } from '../format/times.js'
import { zone } from '../state/time-range.js'

export const SECONDS: Readonly<Record<Bucket, number>> = { minute: 60, hour: 3600, day: 86_400 }

interface SeriesChartProps {
  readonly series: SeriesResponse
  readonly class?: string
  readonly onSelect?: (from: number, to: number) => void
}

interface Line {
  readonly label: string
  readonly tone: PlotSeries['tone']
  readonly value: (point: SeriesPoint) => number
}

/** How the times of a series are written. */
export function timeWords(bucket: Bucket): Pick<PlotData, 'xLabel' | 'formatX' | 'exactX'> {
  const written = bucket === 'day' ? day : dateTime
  return {
    xLabel: { minute: 'Minute', hour: 'Hour', day: 'Day' }[bucket],
    formatX: (x) => written(x * 1000, zone.value),
    exactX: (x) => new Date(x * 1000).toISOString(),
  }
}

/** @param always whether a line has a value where there was no call */
function plotData(
  series: SeriesResponse,
  lines: readonly Line[],
  format: PlotData['format'],
  always: boolean,
): PlotData {
  return {
    ...timeWords(series.bucket),
    x: series.points.map(({ start }) => milliseconds(start) / 1000),
    series: lines.map(({ label, tone, value }) => ({
      label,
      tone,
      values: series.points.map((point) => (always || point.total_calls > 0 ? value(point) : null)),
    })),
    format,
  }
}

const CALLS: readonly Line[] = [
  { label: 'Success', tone: 'success', value: (point) => point.success_count },
  { label: 'Partial', tone: 'partial', value: (point) => point.partial_count },
  { label: 'Failed', tone: 'failed', value: (point) => point.failure_count },
  { label: 'Timeout', tone: 'timeout', value: (point) => point.timeout_count },
]

const DURATIONS: readonly Line[] = [
  { label: 'p50', tone: 'second', value: (point) => point.p50_duration },
  { label: 'p95', tone: 'accent', value: (point) => point.p95_duration },
  { label: 'p99', tone: 'third', value: (point) => point.p99_duration },
]

const EFFICIENCY: readonly Line[] = [{ label: 'Efficiency', tone: 'accent', value: (point) => point.avg_efficiency }]

const SIZES: readonly Line[] = [
  { label: 'Input', tone: 'second', value: (point) => point.avg_input_size },
  { label: 'Output', tone: 'accent', value: (point) => point.avg_output_size },
]

interface FormOfSeries {
  readonly title: string
  readonly kind: 'bar' | 'line' | 'area'
  readonly stacked: boolean
  readonly lines: readonly Line[]
  readonly format: PlotData['format']
}

function seriesChart({ title, kind, stacked, lines, format }: FormOfSeries) {
  return function SeriesChart({ series, class: name, onSelect }: SeriesChartProps) {
    const timeZone = zone.value
    const data = useMemo(() => plotData(series, lines, format, stacked), [series, timeZone])
    return (
      <ChartCard
        title={title}
        class={name}
        data={data}
        kind={kind}
        stacked={stacked}
        step={SECONDS[series.bucket]}
        onSelect={onSelect}
        note={`by ${series.bucket}`}
      />
    )
  }
}

/** Calls by how they ended. */
export const CallsChart = seriesChart({
  title: 'Calls over time',
  kind: 'bar',
  stacked: true,
  lines: CALLS,
  format: compact,
})

export const DurationChart = seriesChart({
  title: 'Duration over time',
  kind: 'line',
  stacked: false,
  lines: DURATIONS,
  format: duration,
})

export const EfficiencyChart = seriesChart({
  title: 'Efficiency over time',
  kind: 'area',
  stacked: false,
  lines: EFFICIENCY,
  format: score,
})

export const SizesChart = seriesChart({
  title: 'Average sizes over time',
  kind: 'line',
  stacked: false,
  lines: SIZES,
  format: size,
})
