import type { QueryResponse, Widget } from '../../../server/contract.js'
import { groupTone } from '../../charts/colours.js'
import type { PlotData } from '../../charts/data.js'
import { MEASURES, type Tone, groupName } from '../../format/words.js'
import { milliseconds } from '../../format/times.js'
import { endpoint } from '../../state/api.js'
import { type Resource, useResource } from '../../state/resource.js'
import type { Params } from '../../state/route.js'
import { rangeParams, zone } from '../../state/time-range.js'
import { timeWords } from '../series-charts.jsx'

/** The calls that a widget looks at, as parameters of the API. */
export function widgetParams({ filter, range }: Widget): Params {
  return { ...filter, ...(range === null ? rangeParams.value : { since: range }) }
}

export function useWidget(widget: Widget): Resource<QueryResponse> {
  return useResource<QueryResponse>(
    endpoint('query', {
      ...widgetParams(widget),
      measure: widget.measure,
      group_by: widget.group_by ?? undefined,
      bucket: widget.bucket ?? undefined,
      tz: zone.value,
      limit: String(widget.limit),
    }),
  )
}

const STATUS_TONES: Readonly<Record<string, Tone>> = {
  success: 'success',
  failed: 'failed',
  partial: 'partial',
  timeout: 'timeout',
}

function toneOf(widget: Widget, label: string, index: number): Tone {
  return (widget.group_by === 'status' ? STATUS_TONES[label] : undefined) ?? groupTone(index)
}

/** What a widget over time draws. */
export function widgetPlot(widget: Widget, { starts, groups, bucket }: QueryResponse): PlotData {
  return {
    ...timeWords(bucket ?? 'day'),
    x: starts.map((start) => milliseconds(start) / 1000),
    series: groups.map(({ label, values }, index) => ({
      label: groupName(label, widget.group_by, widget.measure),
      tone: toneOf(widget, label, index),
      values,
    })),
    format: MEASURES[widget.measure].format,
  }
}
