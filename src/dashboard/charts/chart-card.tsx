import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { Card } from '../parts/card.jsx'
import { Menu, MenuItem } from '../parts/menu.jsx'
import { copyLink } from '../parts/notice.jsx'
import { type PlotData, headings, readableRows } from './data.js'
import { Plot, type PlotProps } from './plot.jsx'
import { saveCsv, savePng } from './save.js'

type ChartCardProps = Omit<PlotProps, 'label' | 'canvas'> & {
  readonly title: string
  /** Beside the title. */
  readonly note?: ComponentChildren
  /** Entries of the chart's menu before its own. */
  readonly actions?: ComponentChildren
  readonly class?: string | undefined
  /** Shown in place of the chart, such as why there is none; the card keeps its height. */
  readonly instead?: ComponentChildren
}

/** A chart with its title, legend and menu: as a table, as CSV, as PNG, its link. */
export function ChartCard(props: ChartCardProps) {
  const { title, note, actions, instead, class: name, ...plot } = props
  const asTable = useSignal(false)
  const canvas = useRef<HTMLCanvasElement | null>(null)
  const { data } = plot
  const menu = (
    <Menu label={`Menu of ${title}`} icon="more">
      {actions}
      <MenuItem onChoose={() => (asTable.value = !asTable.value)}>
        {asTable.value ? 'Show as chart' : 'Show as table'}
      </MenuItem>
      <MenuItem onChoose={() => saveCsv(title, data)}>Save as CSV</MenuItem>
      {!asTable.value && (
        <MenuItem
          onChoose={() => {
            if (canvas.current !== null) savePng(title, data, canvas.current)
          }}
        >
          Save as PNG
        </MenuItem>
      )}
      <MenuItem onChoose={copyLink}>Copy link</MenuItem>
    </Menu>
  )
  return (
    <Card title={title} note={note} menu={menu} class={name}>
      <Legend data={data} />
      {instead ?? (asTable.value ? <DataTable title={title} data={data} height={plot.height} /> : null)}
      {instead === undefined || instead === null
        ? !asTable.value && <Plot {...plot} label={`${title}: ${describe(data)}`} canvas={canvas} />
        : null}
    </Card>
  )
}

function describe(data: PlotData): string {
  return `${data.series.map(({ label }) => label).join(', ')} by ${data.xLabel.toLowerCase()}, ${data.x.length} points`
}

function Legend({ data }: { readonly data: PlotData }) {
  return (
    <ul class="legend">
      {data.series.map(({ label, tone }) => (
        <li key={label}>
          <span class={`swatch tone-${tone}`} />
          {label}
        </li>
      ))}
    </ul>
  )
}

interface DataTableProps {
  readonly title: string
  readonly data: PlotData
  readonly height?: number | undefined
}

function DataTable({ title, data, height = 220 }: DataTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Table of ${title}`} style={{ height: `${height}px` }}>
      <table class="table">
        <thead>
          <tr>
            {headings(data).map((head, index) => (
              <th key={head} scope="col" class={index === 0 ? '' : 'number'}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {readableRows(data).map((row) => (
            <tr key={row[0]}>
              {row.map((cell, index) => (
                <td key={index} class={index === 0 ? '' : 'number'}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
