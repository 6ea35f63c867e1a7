import type { Signal } from '@preact/signals'
import type uPlot from 'uplot'
import { EMPTY, type PlotData } from './data.js'

interface TooltipProps {
  readonly data: PlotData
  readonly cursor: Signal<number | null>
  readonly plot: { readonly current: uPlot | null }
}

const WIDTH = 190

/** What the point below the cursor says; it is read out when the cursor is moved with the keyboard. */
export function Tooltip({ data, cursor, plot }: TooltipProps) {
  const index = cursor.value
  const x = index === null ? undefined : data.x[index]
  const drawn = plot.current
  if (index === null || x === undefined || drawn === null) return <div class="tooltip" role="status" hidden />
  const left = drawn.over.offsetLeft + (drawn.cursor.left ?? 0)
  const roomRight = drawn.width - left > WIDTH + 24
  const place = { transform: `translateX(${roomRight ? left + 12 : Math.max(0, left - WIDTH - 12)}px)` }
  return (
    <div class="tooltip" role="status" style={place}>
      <strong>{data.formatX(x)}</strong>
      <dl>
        {data.series.map(({ label, tone, values }) => {
          const value = values[index] ?? null
          return (
            <div key={label}>
              <dt>
                <span class={`swatch tone-${tone}`} />
                {label}
              </dt>
              <dd>{value === null ? EMPTY : data.format(value)}</dd>
            </div>
          )
        })}
      </dl>
    </div>
  )
}
