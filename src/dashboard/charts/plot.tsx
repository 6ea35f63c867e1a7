import { type Signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { zone } from '../state/time-range.js'
import { scheme } from './colours.js'
import type { PlotData } from './data.js'
import { type Mark, type PlotForm, type PlotKind, plotColumns, plotOptions } from './plot-options.js'
import { Tooltip } from './tooltip.jsx'

export interface PlotProps {
  /** For those who do not see it. */
  readonly label: string
  readonly data: PlotData
  readonly kind: PlotKind
  readonly stacked?: boolean | undefined
  readonly time?: boolean | undefined
  readonly step: number
  readonly marks?: readonly Mark[] | undefined
  readonly height?: number | undefined
  /** Called with the two ends of what was selected, in units of `x`. */
  readonly onSelect?: ((from: number, to: number) => void) | undefined
  /** Gets the canvas, to save it. */
  readonly canvas?: { current: HTMLCanvasElement | null } | undefined
}

const HEIGHT = 220
const NO_MARKS: readonly Mark[] = []

/**
 * A chart with time, or the number of a bar, from left to right. Drag selects a part; with the keyboard the arrows move the
 * cursor, Shift with arrows selects, Enter takes the selection.
 */
export function Plot(props: PlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const cursor = useSignal<number | null>(null)
  const form: PlotForm = {
    kind: props.kind,
    stacked: props.stacked ?? false,
    time: props.time ?? true,
    step: props.step,
    marks: props.marks ?? NO_MARKS,
    height: props.height ?? HEIGHT,
  }
  const latest = useRef(props)
  latest.current = props
  const colours = scheme.value
  const timeZone = zone.value
  const shape = JSON.stringify([form, props.data.series.map(({ label, tone }) => [label, tone]), colours, timeZone])

  // Before the frame is shown: a dark page never shows a chart in the colours of a light one, not even for a moment.
  useLayoutEffect(() => {
    const host = box.current as HTMLDivElement
    const hooks: uPlot.Hooks.Arrays = {
      setCursor: [(self) => (cursor.value = self.cursor.idx ?? null)],
      setSelect: [(self) => takeSelection(self, latest.current)],
    }
    // Ranges and words are read from the latest data: only another shape needs another plot.
    const data = livingData(latest)
    const made = new uPlot(plotOptions(data, form, hooks, props.onSelect !== undefined), plotColumns(data, form), host)
    plot.current = made
    if (props.canvas !== undefined) props.canvas.current = made.ctx.canvas
    const resized = new ResizeObserver(() => {
      made.setSize({ width: host.clientWidth, height: form.height })
    })
    resized.observe(host)
    return () => {
      resized.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape])

  useLayoutEffect(() => {
    plot.current?.setData(plotColumns(props.data, form))
  }, [props.data])

  const height = { height: `${form.height}px` }
  return (
    <div
      class="plot"
      role="application"
      aria-roledescription="chart"
      aria-label={`${props.label}. Arrow keys move through its points.`}
      tabIndex={0}
      onKeyDown={(event) => {
        if (plot.current !== null) useKey(event, plot.current, cursor, latest.current)
      }}
      onBlur={() => (cursor.value = null)}
    >
      <div class="plot-canvas" ref={box} style={height} />
      <Tooltip data={props.data} cursor={cursor} plot={plot} />
    </div>
  )
}

/** The data of the latest props, whenever they are read. */
function livingData(latest: { readonly current: PlotProps }): PlotData {
  return {
    get xLabel() {
      return latest.current.data.xLabel
    },
    get x() {
      return latest.current.data.x
    },
    get series() {
      return latest.current.data.series
    },
    formatX: (x) => latest.current.data.formatX(x),
    tickX: (x) => (latest.current.data.tickX ?? latest.current.data.formatX)(x),
    format: (value) => latest.current.data.format(value),
  }
}

/** At least so many pixels are a selection; less is a click. */
const SMALLEST = 4

function takeSelection(plot: uPlot, { onSelect, step, kind }: PlotProps): void {
  const { left, width } = plot.select
  if (width < SMALLEST || onSelect === undefined) return
  const from = plot.posToVal(left, 'x')
  const to = plot.posToVal(left + width, 'x')
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  // A bar is taken as a whole.
  const whole = kind === 'bar' && to - from < step
  onSelect(from, whole ? from + step : to)
}

function useKey(event: KeyboardEvent, plot: uPlot, cursor: Signal<number | null>, props: PlotProps): void {
  const { x } = props.data
  const last = x.length - 1
  if (event.key === 'Enter' && props.onSelect !== undefined && plot.select.width >= SMALLEST) {
    event.preventDefault()
    takeSelection(plot, props)
    return
  }
  const from = cursor.value
  const targets: Record<string, number> = {
    ArrowRight: from === null ? 0 : from + 1,
    ArrowLeft: from === null ? last : from - 1,
    Home: 0,
    End: last,
  }
  const target = targets[event.key]
  if (target === undefined || last < 0) return
  event.preventDefault()
  const index = Math.max(0, Math.min(last, target))
  const middle = props.kind === 'bar' ? props.step / 2 : 0
  const left = plot.valToPos((x[index] as number) + middle, 'x')
  extendSelection(plot, event.shiftKey && props.onSelect !== undefined, from, index, props)
  plot.setCursor({ left, top: 10 })
  cursor.value = index
}

function extendSelection(
  plot: uPlot,
  extend: boolean,
  from: number | null,
  to: number,
  { data, step }: PlotProps,
): void {
  const { select } = plot
  if (!extend) {
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    return
  }
  const position = (index: number): number => plot.valToPos(data.x[index] as number, 'x')
  const begin = select.width > 0 ? select.left : position(from ?? to)
  const end = Math.min(plot.over.clientWidth, plot.valToPos((data.x[to] as number) + step, 'x'))
  plot.setSelect(
    { left: Math.min(begin, end), top: 0, width: Math.abs(end - begin), height: plot.over.clientHeight },
    false,
  )
}
