import type { CallRecord } from '../../../server/contract.js'
import { duration, score, size } from '../../format/numbers.js'
import { exactTime, milliseconds, timeOfDay, day } from '../../format/times.js'
import { categoryName } from '../../format/words.js'
import { StatusMark } from '../../parts/status.jsx'
import { zone } from '../../state/time-range.js'

const COLUMNS = [
  ['time', 'Time'],
  ['status', 'Status'],
  ['feature', 'Feature'],
  ['category', 'Category'],
  ['duration', 'Duration'],
  ['efficiency', 'Efficiency'],
  ['sizes', 'In / out'],
  ['user', 'User'],
  ['error', 'Error'],
] as const

export function RecordHeads() {
  return (
    <>
      {COLUMNS.map(([name, label]) => (
        <span key={name} class={`cell cell-${name}`} role="columnheader">
          {label}
        </span>
      ))}
    </>
  )
}

export function RecordCells({ record }: { readonly record: CallRecord }) {
  const at = milliseconds(record.start_time)
  const efficiency = record.efficiency_score
  return (
    <>
      <span class="cell cell-time" role="gridcell" title={exactTime(at, zone.value)}>
        <span class="cell-day">{day(at, zone.value)}</span> {timeOfDay(at, zone.value)}
      </span>
      <span class="cell cell-status" role="gridcell">
        <StatusMark status={record.status} />
      </span>
      <span class="cell cell-feature" role="gridcell">
        {record.feature_name}
      </span>
      <span class="cell cell-category" role="gridcell">
        {categoryName(record.category)}
      </span>
      <span class="cell cell-duration" role="gridcell">
        {duration(record.duration)}
      </span>
      <span class="cell cell-efficiency" role="gridcell">
        {efficiency === null ? '–' : score(efficiency)}
      </span>
      <span class="cell cell-sizes" role="gridcell">
        {size(record.input_size)} / {size(record.output_size)}
      </span>
      <span class="cell cell-user" role="gridcell">
        {record.user_id ?? ''}
      </span>
      <span class="cell cell-error" role="gridcell">
        {record.error_message ?? ''}
      </span>
    </>
  )
}
