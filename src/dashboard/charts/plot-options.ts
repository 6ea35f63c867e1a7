import uPlot from 'uplot'
import { zone } from '../state/time-range.js'
import { colour, faded } from './colours.js'
import { type PlotData, stack } from './data.js'

export type PlotKind = 'line' | 'area' | 'bar'

/** A line across the chart, such as a percentile's. */
export interface Mark {
  /** In units of `x`. */
  readonly at: number
  readonly label: string
}

export interface PlotForm {
  readonly kind: PlotKind
  readonly stacked: boolean
  /** Whether `x` are times; otherwise the numbers of bars. */
  readonly time: boolean
  /** How much of `x` one point stands for. */
  readonly step: number
  readonly marks: readonly Mark[]
  readonly height: number
}

/** The columns as they are drawn: of a stack the tallest first, so that the others lie upon it. */
export function plotColumns(data: PlotData, form: PlotForm): uPlot.AlignedData {
  const columns = form.stacked ? stack(data.series).toReversed() : data.series.map(({ values }) => [...values])
  return [[...data.x], ...columns] as uPlot.AlignedData
}

function seriesOptions(data: PlotData, form: PlotForm): uPlot.Series[] {
  const inOrder = form.stacked ? [...data.series].toReversed() : data.series
  return inOrder.map(({ label, tone }): uPlot.Series => {
    const stroke = colour(tone)
    return form.kind === 'bar' ? barOptions(label, stroke, form) : lineOptions(label, stroke, form)
  })
}

function barOptions(label: string, fill: string, { stacked }: PlotForm): uPlot.Series {
  const options: uPlot.Series = { label, fill, width: 0, points: { show: false } }
  const paths = uPlot.paths.bars?.({ size: [0.82, 48], align: 1, radius: stacked ? 0 : 0.12 })
  if (paths !== undefined) options.paths = paths
  return options
}

function lineOptions(label: string, stroke: string, { kind, stacked }: PlotForm): uPlot.Series {
  const points = stacked ? { show: false } : { size: 5, fill: stroke, stroke, filter: shownPoints }
  const options: uPlot.Series = { label, stroke, width: 2, spanGaps: false, points }
  if (kind === 'area') options.fill = stacked ? stroke : faded(stroke, 0.14)
  return options
}

/** Where points lie too close to be drawn, those between two gaps are all the same: no line shows them. */
function shownPoints(plot: uPlot, seriesIndex: number, show: boolean): number[] | null {
  if (show) return null
  const values = plot.data[seriesIndex] ?? []
  const isGap = (index: number): boolean => (values[index] ?? null) === null
  return [...values.keys()].filter((index) => !isGap(index) && isGap(index - 1) && isGap(index + 1))
}

const FONT = '11px system-ui, sans-serif'

function axes(data: PlotData, form: PlotForm): uPlot.Axis[] {
  const soft = colour('text-soft')
  const line = colour('line')
  const common = { stroke: soft, font: FONT, ticks: { show: false } }
  const x: uPlot.Axis = { ...common, grid: { show: false }, border: { show: true, stroke: line, width: 1 } }
  x.size = form.time ? 42 : 28
  if (!form.time) {
    x.values = (_, splits) =>
      splits.map((at) => (Number.isInteger(at) && at < data.x.length ? (data.tickX ?? data.formatX)(at) : ''))
    x.incrs = [1, 2, 5, 10, 20, 50, 100, 200]
    x.space = 76
  }
  const y: uPlot.Axis = {
    ...common,
    grid: { stroke: line, width: 1 },
    size: 62,
    space: 34,
    values: (_, splits) => splits.map((value) => data.format(value)),
  }
  return [x, y]
}

function xRange(data: PlotData, { kind, step }: PlotForm): uPlot.Range.MinMax {
  const first = data.x[0] ?? 0
  const last = data.x.at(-1) ?? 0
  if (kind === 'bar') return [first, last + step]
  return data.x.length > 1 ? [first, last] : [first - step, last + step]
}

/** From zero, with room above; an empty chart keeps a scale. */
function yRange(_: uPlot, _low: number, high: number | null): uPlot.Range.MinMax {
  return [0, high === null || high <= 0 ? 1 : high * 1.06]
}

function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx } = plot
  const scale = devicePixelRatio
  const { left, top, width, height } = plot.bbox
  ctx.save()
  ctx.font = `${11 * scale}px system-ui, sans-serif`
  ctx.fillStyle = ctx.strokeStyle = colour('text')
  ctx.lineWidth = scale
  ctx.setLineDash([3 * scale, 3 * scale])
  marks.forEach(({ at, label }, index) => {
    const x = Math.round(plot.valToPos(at, 'x', true))
    if (x < left || x > left + width) return
    ctx.beginPath()
    ctx.moveTo(x, top)
    ctx.lineTo(x, top + height)
    ctx.stroke()
    const roomRight = left + width - x
    ctx.textAlign = roomRight > 110 * scale ? 'left' : 'right'
    const place = [x + (ctx.textAlign === 'left' ? 4 : -4) * scale, top + (11 + index * 14) * scale] as const
    // A rim of the background, so that the text is read upon bars as well.
    ctx.save()
    ctx.setLineDash([])
    ctx.strokeStyle = colour('surface')
    ctx.lineWidth = 4 * scale
    ctx.strokeText(label, ...place)
    ctx.restore()
    ctx.fillText(label, ...place)
  })
  ctx.restore()
}

/** uPlot's dates as they are written in most of the world: 24 hours, and the day before the month. */
function worldwide(template: string): string {
  return template
    .replaceAll('{h}:{mm}{aa}', '{HH}:{mm}')
    .replaceAll('{h}{aa}', '{HH}:{mm}')
    .replaceAll('{M}/{D}/{YY}', '{D} {MMM}')
    .replaceAll('{M}/{D}', '{D} {MMM}')
}

/** What uPlot is told; `width` is set by whoever knows it. */
export function plotOptions(data: PlotData, form: PlotForm, hooks: uPlot.Hooks.Arrays, zooms: boolean): uPlot.Options {
  const timeZone = zone.value
  return {
    width: 300,
    height: form.height,
    padding: [10, 24, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: zooms, y: false, setScale: false },
      points: { show: form.kind !== 'bar' },
    },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    fmtDate: (template) => uPlot.fmtDate(worldwide(template)),
    scales: { x: { time: form.time, range: () => xRange(data, form) }, y: { range: yRange } },
    axes: axes(data, form),
    series: [{}, ...seriesOptions(data, form)],
    hooks: { ...hooks, draw: [(plot: uPlot) => drawMarks(plot, form.marks)] },
  }
}
