import { useMemo } from 'preact/hooks'
import type { QueryResponse, Widget } from '../../../server/contract.js'
import { Plot } from '../../charts/plot.jsx'
import { MEASURES, categoryName, groupName } from '../../format/words.js'
import { BarList } from '../../parts/bar-list.jsx'
import { Empty, Loaded } from '../../parts/states.jsx'
import type { Resource } from '../../state/resource.js'
import { type Params, linkTo } from '../../state/route.js'
import { zoom } from '../overview/overview.jsx'
import { SECONDS } from '../series-charts.jsx'
import { widgetParams, widgetPlot } from './use-widget.js'

interface WidgetBodyProps {
  readonly widget: Widget
  /** What the widget's question is answered. */
  readonly asked: Resource<QueryResponse>
  readonly canvas?: { current: HTMLCanvasElement | null } | undefined
}

/** What a widget shows, below its title. */
export function WidgetBody({ widget, asked, canvas }: WidgetBodyProps) {
  const answer = asked.data
  // While the answer to another question is on its way, the one that is there may not fit.
  const fits =
    answer !== null && answer.measure === widget.measure && (answer.bucket === null) === (widget.bucket === null)
  return (
    <div class={`widget-body is-${widget.kind}`}>
      <Loaded of={fits ? asked : { ...asked, data: null }} room="room-fill">
        {(data) =>
          data.groups.length === 0 ? (
            <Empty title="No such calls in this time" />
          ) : (
            <Drawn widget={widget} data={data} canvas={canvas} />
          )
        }
      </Loaded>
    </div>
  )
}

interface DrawnProps {
  readonly widget: Widget
  readonly data: QueryResponse
  readonly canvas: WidgetBodyProps['canvas']
}

function Drawn({ widget, data, canvas }: DrawnProps) {
  if (widget.kind === 'table') return <GroupTable widget={widget} data={data} />
  if (widget.kind === 'number') return <Numbers widget={widget} data={data} />
  if (widget.kind === 'bar' || data.bucket === null) return <Bars widget={widget} data={data} />
  return <Lines widget={widget} data={data} canvas={canvas} />
}

const PLOT_HEIGHT = 196

function Lines({ widget, data, canvas }: DrawnProps) {
  const plot = useMemo(() => widgetPlot(widget, data), [widget, data])
  return (
    <>
      <ul class="legend">
        {plot.series.map(({ label, tone }) => (
          <li key={label}>
            <span class={`swatch tone-${tone}`} />
            {label}
          </li>
        ))}
      </ul>
      <Plot
        label={widget.title}
        data={plot}
        kind={widget.kind === 'area' ? 'area' : 'line'}
        stacked={widget.kind === 'area' && widget.group_by !== null && MEASURES[widget.measure].adds}
        step={SECONDS[data.bucket ?? 'day']}
        height={PLOT_HEIGHT}
        onSelect={widget.range === null ? zoom : undefined}
        canvas={canvas}
      />
    </>
  )
}

function Numbers({ widget, data }: Omit<DrawnProps, 'canvas'>) {
  const { format } = MEASURES[widget.measure]
  return (
    <dl class="numbers">
      {data.groups.map(({ label, category, value }) => (
        <div key={`${label} ${category ?? ''}`}>
          <dd class="big-number">{format(value)}</dd>
          <dt class={widget.group_by === null ? 'unseen' : ''}>{groupName(label, widget.group_by, widget.measure)}</dt>
        </div>
      ))}
    </dl>
  )
}

/** Where the calls of a group are looked at. */
function groupLink(widget: Widget, label: string): string {
  const { since, until, ...filter } = widgetParams(widget)
  const time = { since: since ?? 'all', until }
  if (widget.group_by === 'feature') return linkTo('feature', { name: label, ...time })
  const grouped: Params = widget.group_by === null ? {} : { [widget.group_by]: label }
  return linkTo('records', { ...filter, ...grouped, ...time })
}

function Bars({ widget, data }: Omit<DrawnProps, 'canvas'>) {
  const { format } = MEASURES[widget.measure]
  const bars = data.groups.map(({ label, category, value }) => ({
    key: `${label} ${category ?? ''}`,
    label: groupName(label, widget.group_by, widget.measure),
    value,
    text: format(value),
    href: groupLink(widget, label),
  }))
  return <BarList label={widget.title} bars={bars} />
}

function GroupTable({ widget, data }: Omit<DrawnProps, 'canvas'>) {
  const { format, label: measured } = MEASURES[widget.measure]
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={widget.title || measured}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{widget.group_by ?? 'Calls'}</th>
            <th scope="col" class="number">
              {measured}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.groups.map(({ label, category, value }) => (
            <tr key={`${label} ${category ?? ''}`}>
              <th scope="row">
                <a href={groupLink(widget, label)}>{groupName(label, widget.group_by, widget.measure)}</a>
                {category !== null && <span class="sub">{categoryName(category)}</span>}
              </th>
              <td class="number">{format(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
