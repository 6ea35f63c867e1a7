import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { count } from '../../format/numbers.js'
import { Icon } from '../../parts/icon.jsx'
import { isNarrow } from '../../parts/narrow.js'
import { Empty, Failure } from '../../parts/states.jsx'
import { VirtualRows } from '../../parts/virtual-rows.jsx'
import { endpoint } from '../../state/api.js'
import { linkWith, param, replaceParams, route } from '../../state/route.js'
import { rangeLabel } from '../../state/time-range.js'
import { FILTER_NAMES, Filters, NO_FILTERS, recordParams } from './filters.jsx'
import { RecordCells, RecordHeads } from './record-row.jsx'
import { RecordPanel } from './record-panel.jsx'
import { useRecords } from './use-records.js'

const ROW = 36
const ROW_NARROW = 60

/** Every record, by every filter; what is asked and which record is open are in the address. */
export function Records() {
  const asked = recordParams()
  const list = useRecords(asked)
  const active = useSignal(-1)
  const open = param('record')
  // Before the next key, which may move it.
  useLayoutEffect(() => {
    active.value = -1
  }, [list.key])
  const openAt = (index: number): void => {
    replaceParams({ record: list.items[index]?.record_id })
  }
  const csv = endpoint('records.csv', { ...asked, limit: '100000' })
  return (
    <div class={`records ${open === null ? '' : 'has-panel'}`}>
      <Filters />
      <div class="records-bar">
        <p role="status">
          {list.loading && list.items.length === 0
            ? 'Loading'
            : `${count(list.items.length)} ${list.hasMore ? 'or more records' : list.items.length === 1 ? 'record' : 'records'}`}
        </p>
        {list.fresh > 0 && (
          <button type="button" class="button" onClick={list.reload}>
            <Icon name="up" />
            Show {count(list.fresh)} new
          </button>
        )}
        <a class="button" href={csv} download="records.csv">
          Save as CSV
        </a>
      </div>
      <div class="records-main">
        {list.error !== null && list.items.length === 0 ? (
          <Failure error={list.error} retry={list.reload} />
        ) : !list.loading && list.items.length === 0 ? (
          <NoRecords />
        ) : (
          <VirtualRows
            label="Records"
            role="grid"
            head={<RecordHeads />}
            count={list.items.length}
            total={list.hasMore ? -1 : list.items.length}
            rowHeight={isNarrow.value ? ROW_NARROW : ROW}
            active={active.value}
            onActive={(index) => (active.value = index)}
            onOpen={openAt}
            onKey={(key) => {
              if (key !== 'Escape' || open === null) return false
              replaceParams({ record: undefined })
              return true
            }}
            onNearEnd={list.loadMore}
            row={(index) => {
              const record = list.items[index]
              return record === undefined ? null : <RecordCells record={record} />
            }}
            rowProps={(index) => ({ 'data-open': list.items[index]?.record_id === open ? '' : undefined })}
            foot={list.error !== null && <Failure error={list.error} retry={list.loadMore} />}
          />
        )}
        {open !== null && (
          <RecordPanel
            key={open}
            id={open}
            onClose={() => {
              replaceParams({ record: undefined })
              document.querySelector<HTMLElement>('.rows')?.focus()
            }}
          />
        )}
      </div>
    </div>
  )
}

function NoRecords() {
  const filtered = FILTER_NAMES.some((name) => route.value.params.has(name))
  return (
    <Empty title={`No records in this time: ${rangeLabel.value}`}>
      {filtered && <p>The filters leave none over.</p>}
      <p class="row-buttons">
        {filtered && (
          <a class="button" href={linkWith(NO_FILTERS)}>
            Without filters
          </a>
        )}
        <a class="button" href={linkWith({ since: 'all', until: undefined })}>
          All time
        </a>
      </p>
    </Empty>
  )
}
