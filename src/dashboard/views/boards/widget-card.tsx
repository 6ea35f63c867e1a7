import { useRef } from 'preact/hooks'
import type { QueryResponse, Widget, WidgetPage } from '../../../server/contract.js'
import { saveCsv, savePng, saveTable } from '../../charts/save.js'
import { MEASURES, groupName } from '../../format/words.js'
import { Card } from '../../parts/card.jsx'
import { Menu, MenuItem } from '../../parts/menu.jsx'
import { newId, withWidgets } from '../../state/widgets.js'
import { save } from './save.js'
import { useWidget, widgetPlot } from './use-widget.js'
import { WidgetBody } from './widget-body.jsx'

interface WidgetCardProps {
  readonly page: WidgetPage
  readonly widget: Widget
  readonly index: number
  readonly onEdit: () => void
}

export function WidgetCard({ page, widget, index, onEdit }: WidgetCardProps) {
  const canvas = useRef<HTMLCanvasElement | null>(null)
  const asked = useWidget(widget)
  const { data } = asked
  const title = widget.title || MEASURES[widget.measure].label
  const edit = (change: (widgets: readonly Widget[]) => Widget[]): void => {
    void save(withWidgets(page.id, change))
  }
  const isPlot = widget.kind === 'line' || widget.kind === 'area'
  const menu = (
    <Menu label={`Menu of ${title}`} icon="more">
      <MenuItem onChoose={onEdit}>Change</MenuItem>
      {index > 0 && <MenuItem onChoose={() => edit(moved(widget.id, -1))}>Move forward</MenuItem>}
      {index < page.widgets.length - 1 && <MenuItem onChoose={() => edit(moved(widget.id, 1))}>Move back</MenuItem>}
      <MenuItem onChoose={() => edit((widgets) => [...widgets, { ...widget, id: newId() }])}>Duplicate</MenuItem>
      {data !== null && <MenuItem onChoose={() => saveFigures(title, widget, data)}>Save as CSV</MenuItem>}
      {data !== null && isPlot && (
        <MenuItem
          onChoose={() => {
            if (canvas.current !== null) savePng(title, widgetPlot(widget, data), canvas.current)
          }}
        >
          Save as PNG
        </MenuItem>
      )}
      <MenuItem onChoose={() => edit((widgets) => widgets.filter(({ id }) => id !== widget.id))}>Remove</MenuItem>
    </Menu>
  )
  return (
    <Card title={title} class={`span-${widget.width} widget`} note={widget.range ?? undefined} menu={menu}>
      <WidgetBody widget={widget} asked={asked} canvas={canvas} />
    </Card>
  )
}

/** One place forward or back. */
function moved(id: string, by: number): (widgets: readonly Widget[]) => Widget[] {
  return (widgets) => {
    const from = widgets.findIndex((widget) => widget.id === id)
    const widget = widgets[from]
    return widget === undefined ? [...widgets] : widgets.toSpliced(from, 1).toSpliced(from + by, 0, widget)
  }
}

function saveFigures(title: string, widget: Widget, data: QueryResponse): void {
  if (data.bucket !== null) {
    saveCsv(title, widgetPlot(widget, data))
    return
  }
  const rows = data.groups.map(({ label, value }) => [groupName(label, widget.group_by, widget.measure), value])
  saveTable(title, [widget.group_by ?? 'calls', widget.measure], rows)
}
