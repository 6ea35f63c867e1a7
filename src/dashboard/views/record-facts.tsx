import type { ComponentChildren } from 'preact'
import type { CallRecord } from '../../server/contract.js'
import { count, duration, score, size } from '../format/numbers.js'
import { exactTime, milliseconds } from '../format/times.js'
import { categoryName } from '../format/words.js'
import { StatusMark } from '../parts/status.jsx'
import { linkTo } from '../state/route.js'
import { zone } from '../state/time-range.js'

type Fact = readonly [label: string, value: ComponentChildren]

function facts(record: CallRecord): Fact[] {
  const { user_id: user, efficiency_score: efficiency } = record
  const time = (text: string): string => exactTime(milliseconds(text), zone.value)
  return [
    ['Feature', <a href={linkTo('feature', { name: record.feature_name })}>{record.feature_name}</a>],
    ['Category', categoryName(record.category)],
    ['Status', <StatusMark status={record.status} />],
    ['Started', time(record.start_time)],
    ['Ended', time(record.end_time)],
    ['Duration', duration(record.duration)],
    ['Efficiency', efficiency === null ? 'none' : score(efficiency)],
    ['Input', size(record.input_size)],
    ['Output', size(record.output_size)],
    ['Iterations', count(record.iterations)],
    ['User', user === null ? 'none' : <a href={linkTo('records', { user })}>{user}</a>],
    ['Session', <a href={linkTo('records', { session: record.session_id })}>{record.session_id}</a>],
    ['Record', <code>{record.record_id}</code>],
    ['Trace', record.trace_id === null ? 'not known' : <code>{record.trace_id}</code>],
    ['Span', record.span_id === null ? 'not known' : <code>{record.span_id}</code>],
    ['Parent span', record.parent_span_id === null ? 'none' : <code>{record.parent_span_id}</code>],
  ]
}

/** Everything that a record says. */
export function RecordFacts({ record }: { readonly record: CallRecord }) {
  const metadata = Object.entries(record.metadata)
  return (
    <div class="facts-all">
      {record.error_message !== null && (
        <pre class="code is-error" tabIndex={0} aria-label="Error message">
          {record.error_message}
        </pre>
      )}
      <FactList facts={facts(record)} />
      <h3>Metadata</h3>
      {metadata.length === 0 ? (
        <p class="soft">None was given with this call.</p>
      ) : (
        <FactList facts={metadata.map(([name, value]) => [name, <Value of={value} />])} />
      )}
    </div>
  )
}

function FactList({ facts: list }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {list.map(([label, value], index) => (
        <div key={index}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Value({ of }: { readonly of: unknown }) {
  if (typeof of === 'string') return <>{of}</>
  if (typeof of !== 'object' || of === null) return <code>{String(of)}</code>
  return (
    <pre class="code" tabIndex={0}>
      {JSON.stringify(of, null, 2)}
    </pre>
  )
}
