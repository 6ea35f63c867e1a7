import { useLayoutEffect, useRef } from 'preact/hooks'
import type { RecordResponse } from '../../../server/contract.js'
import { Icon } from '../../parts/icon.jsx'
import { copyLink } from '../../parts/notice.jsx'
import { Loaded } from '../../parts/states.jsx'
import { endpoint } from '../../state/api.js'
import { useResource } from '../../state/resource.js'
import { linkTo } from '../../state/route.js'
import { RecordFacts } from '../record-facts.jsx'

interface RecordPanelProps {
  readonly id: string
  readonly onClose: () => void
}

/** A whole record beside the table. */
export function RecordPanel({ id, onClose }: RecordPanelProps) {
  const asked = useResource<RecordResponse>(endpoint(`records/${encodeURIComponent(id)}`), false)
  const head = useRef<HTMLHeadingElement>(null)
  // Before the next key: it is meant for what has opened.
  useLayoutEffect(() => {
    head.current?.focus({ preventScroll: true })
  }, [])
  return (
    <aside
      class="panel"
      aria-label="Record"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <header class="panel-head">
        <h2 ref={head} tabIndex={-1}>
          Record
        </h2>
        <button type="button" class="button-icon" aria-label="Copy link" title="Copy link" onClick={copyLink}>
          <Icon name="link" />
        </button>
        <button type="button" class="button-icon" aria-label="Close" title="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <Loaded of={asked} room="room-table">
        {(record) => (
          <>
            <TraceLink record={record} />
            <RecordFacts record={record} />
          </>
        )}
      </Loaded>
    </aside>
  )
}

function TraceLink({ record }: { readonly record: RecordResponse }) {
  const { trace_id: trace, trace_records: records } = record
  if (trace === null) return <p class="soft">Its trace is not known.</p>
  return (
    <p>
      <a class="button is-primary" href={linkTo('trace', { id: trace, record: record.record_id })}>
        {records > 1 ? `Its trace, of ${records} records` : 'Its trace'}
      </a>
    </p>
  )
}
