import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { TraceResponse } from '../../../server/contract.js'
import { count, duration } from '../../format/numbers.js'
import { exactTime, milliseconds } from '../../format/times.js'
import { Icon } from '../../parts/icon.jsx'
import { copyLink } from '../../parts/notice.jsx'
import { Empty, Loaded } from '../../parts/states.jsx'
import { endpoint } from '../../state/api.js'
import { useResource } from '../../state/resource.js'
import { linkTo, param, replaceParams } from '../../state/route.js'
import { zone } from '../../state/time-range.js'
import { RecordFacts } from '../record-facts.jsx'
import { shownRows } from './rows.js'
import { Waterfall } from './waterfall.jsx'

/** All recorded calls of one trace, in time and by who called whom. */
export function Trace() {
  const id = param('id')
  if (id === null) {
    return (
      <Empty title="No trace is chosen">
        <a href={linkTo('records')}>Choose a record</a>
      </Empty>
    )
  }
  return <OneTrace key={id} id={id} />
}

function OneTrace({ id }: { readonly id: string }) {
  const asked = useResource<TraceResponse>(endpoint(`traces/${encodeURIComponent(id)}`))
  return (
    <Loaded of={asked} room="room-page">
      {(trace) => <TraceParts trace={trace} />}
    </Loaded>
  )
}

function TraceParts({ trace }: { readonly trace: TraceResponse }) {
  const collapsed = useSignal<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => shownRows(trace.records, collapsed.value), [trace, collapsed.value])
  const chosenId = param('record')
  const chosen = trace.records.find(({ record_id: id }) => id === chosenId) ?? trace.records[0]
  const failed = trace.records.filter(({ status }) => status !== 'success').length
  return (
    <>
      <div class="thing-head">
        <p class="thing-title">
          {trace.records[0]?.feature_name} <span class="soft">{trace.trace_id.slice(0, 8)}</span>
        </p>
        <ul class="facts-line">
          <li>{exactTime(milliseconds(trace.start_time), zone.value)}</li>
          <li>{duration(trace.duration)}</li>
          <li>
            {count(trace.records.length)}
            {trace.truncated ? ' records and more' : trace.records.length === 1 ? ' record' : ' records'}
          </li>
          {failed > 0 && <li class="is-bad">{count(failed)} not successful</li>}
        </ul>
        <a class="button" href={linkTo('records', { trace: trace.trace_id, since: 'all', until: undefined })}>
          As a table
        </a>
        <button type="button" class="button-icon" aria-label="Copy link" title="Copy link" onClick={copyLink}>
          <Icon name="link" />
        </button>
      </div>
      {trace.truncated && (
        <p class="hint">
          <Icon name="warning" /> Only the first {count(trace.records.length)} records of this trace are shown.
        </p>
      )}
      <div class="trace">
        <Waterfall
          trace={trace}
          rows={rows}
          chosen={chosen?.record_id ?? null}
          collapsed={collapsed.value}
          onChoose={(record) => {
            replaceParams({ record })
          }}
          onCollapse={(ids) => (collapsed.value = ids)}
        />
        {chosen !== undefined && (
          <aside class="panel" aria-label="Chosen record">
            <header class="panel-head">
              <h2>{chosen.feature_name}</h2>
            </header>
            <RecordFacts key={chosen.record_id} record={chosen} />
          </aside>
        )}
      </div>
    </>
  )
}
