import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import type { TraceResponse } from '../../../server/contract.js'
import { duration } from '../../format/numbers.js'
import { statusName } from '../../format/words.js'
import { Icon } from '../../parts/icon.jsx'
import { isNarrow } from '../../parts/narrow.js'
import { StatusMark } from '../../parts/status.jsx'
import { VirtualRows } from '../../parts/virtual-rows.jsx'
import { type TraceRow, parentIndex } from './rows.js'

const ROW = 32
const ROW_NARROW = 44
const TICKS = [0, 0.25, 0.5, 0.75]

interface WaterfallProps {
  readonly trace: TraceResponse
  readonly rows: readonly TraceRow[]
  readonly chosen: string | null
  readonly collapsed: ReadonlySet<string>
  readonly onChoose: (recordId: string) => void
  readonly onCollapse: (collapsed: ReadonlySet<string>) => void
}

/** Each call as a bar from its start to its end. Left and right close and open what lies inside a call. */
export function Waterfall({ trace, rows, chosen, collapsed, onChoose, onCollapse }: WaterfallProps) {
  const active = useSignal(
    Math.max(
      0,
      rows.findIndex(({ record }) => record.record_id === chosen),
    ),
  )
  useLayoutEffect(() => {
    active.value = Math.min(active.value, rows.length - 1)
  }, [rows.length])
  const toggle = (id: string): void => {
    const next = new Set(collapsed)
    if (!next.delete(id)) next.add(id)
    onCollapse(next)
  }
  const onKey = (key: string, index: number): boolean => {
    const row = rows[index]
    if (row === undefined || (key !== 'ArrowLeft' && key !== 'ArrowRight')) return false
    const { record_id: id } = row.record
    const isOpen = row.inside > 0 && !collapsed.has(id)
    if (key === 'ArrowLeft' && isOpen) toggle(id)
    else if (key === 'ArrowLeft') active.value = Math.max(0, parentIndex(rows, index))
    else if (row.inside > 0 && !isOpen) toggle(id)
    else if (isOpen) active.value = index + 1
    return true
  }
  return (
    <VirtualRows
      label="Calls of the trace"
      role="treegrid"
      head={<Heads total={trace.duration} />}
      count={rows.length}
      total={rows.length}
      rowHeight={isNarrow.value ? ROW_NARROW : ROW}
      active={active.value}
      onActive={(index) => (active.value = index)}
      onOpen={(index) => {
        const row = rows[index]
        if (row !== undefined) onChoose(row.record.record_id)
      }}
      onKey={onKey}
      row={(index) => {
        const row = rows[index] as TraceRow
        return (
          <Cells row={row} total={trace.duration} isCollapsed={collapsed.has(row.record.record_id)} onToggle={toggle} />
        )
      }}
      rowProps={(index) => {
        const { record, inside } = rows[index] as TraceRow
        return {
          'aria-level': record.depth + 1,
          'aria-expanded': inside > 0 ? !collapsed.has(record.record_id) : undefined,
          'data-open': record.record_id === chosen ? '' : undefined,
        }
      }}
    />
  )
}

function Heads({ total }: { readonly total: number }) {
  return (
    <>
      <span class="cell trace-name" role="columnheader">
        Call
      </span>
      <span class="cell trace-time" role="columnheader" aria-label={`Time, 0 to ${duration(total)}`}>
        {TICKS.map((share) => (
          <span key={share} class="trace-tick" style={{ left: `${share * 100}%` }}>
            {share === 0 ? '0' : duration(total * share)}
          </span>
        ))}
      </span>
    </>
  )
}

interface CellsProps {
  readonly row: TraceRow
  readonly total: number
  readonly isCollapsed: boolean
  readonly onToggle: (id: string) => void
}

/** Deeper than this, names are not moved further in. */
const DEEPEST = 12

function Cells({ row: { record, inside }, total, isCollapsed, onToggle }: CellsProps) {
  const share = (seconds: number): number => (total > 0 ? (100 * seconds) / total : 0)
  const left = Math.min(100, share(record.offset))
  const width = Math.min(100 - left, share(record.duration))
  const place = { left: `${left}%`, width: `max(3px, ${width}%)` }
  // The text stands after the bar, or before it, where there is more room.
  const isLate = left + width > 62
  const beside = isLate ? { right: `calc(${100 - left}% + 6px)` } : { left: `calc(${left + width}% + 8px)` }
  return (
    <>
      <span class="cell trace-name" role="gridcell" title={record.feature_name}>
        <span class="trace-indent" style={{ width: `${Math.min(record.depth, DEEPEST) * 14}px` }} />
        {inside > 0 ? (
          <span
            class={`trace-toggle ${isCollapsed ? '' : 'is-open'}`}
            onClick={(event) => {
              event.stopPropagation()
              onToggle(record.record_id)
            }}
          >
            <Icon name="right" />
          </span>
        ) : (
          <span class="trace-toggle" />
        )}
        <StatusMark status={record.status} short />
        <span class="trace-feature">{record.feature_name}</span>
        {isCollapsed && <span class="trace-inside">{inside}</span>}
      </span>
      <span
        class="cell trace-time"
        role="gridcell"
        aria-label={`${duration(record.duration)}, ${statusName(record.status)}`}
      >
        <span class={`trace-bar is-${record.status}`} style={place} />
        <span
          class="trace-text"
          style={width > 70 ? { left: `calc(${left}% + 8px)` } : beside}
          data-inside={width > 70 ? '' : undefined}
        >
          {duration(record.duration)}
        </span>
      </span>
    </>
  )
}
