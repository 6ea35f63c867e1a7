import { useLayoutEffect, useState } from 'preact/hooks'
import type { CallRecord, RecentCall } from '../../../server/contract.js'
import { CallTable } from '../../parts/call-table.jsx'
import { Card } from '../../parts/card.jsx'
import { Empty, Loaded } from '../../parts/states.jsx'
import { endpoint } from '../../state/api.js'
import { onCalls } from '../../state/live.js'
import { useResource } from '../../state/resource.js'
import { type Params, linkTo } from '../../state/route.js'

const SHOWN = 10

/** The latest calls; those of the live stream are there at once, without another question. */
export function LatestCalls({ filters }: { readonly filters: Params }) {
  const asked = useResource<RecentCall[]>(endpoint('recent-calls', { ...filters, limit: String(SHOWN) }))
  const heard = useHeard(filters)
  return (
    <Card
      title="Latest calls"
      class="span-4"
      note={
        <a href={linkTo('records', filters)} class="quiet-link">
          All records
        </a>
      }
    >
      <Loaded of={asked} room="room-table">
        {(calls) => {
          const latest = merged(heard, calls)
          if (latest.length === 0) return <Empty title="No calls yet" />
          return <CallTable label="Latest calls" calls={latest} show="feature" />
        }}
      </Loaded>
    </Card>
  )
}

function useHeard(filters: Params): readonly RecentCall[] {
  const [heard, setHeard] = useState<readonly RecentCall[]>([])
  const { category, user } = filters
  useLayoutEffect(() => {
    setHeard([])
    return onCalls((records) => {
      const fitting = records.filter(
        (record) =>
          (category ?? record.category) === record.category && (user === undefined || user === record.user_id),
      )
      setHeard((before) => [...fitting.map(asRecent), ...before].slice(0, SHOWN))
    })
  }, [category, user])
  return heard
}

function asRecent(record: CallRecord): RecentCall {
  return record
}

/** Each call once, the latest start first. */
function merged(heard: readonly RecentCall[], asked: readonly RecentCall[]): RecentCall[] {
  const byId = new Map([...heard, ...asked].map((call) => [call.record_id, call]))
  return [...byId.values()].toSorted((a, b) => (a.start_time < b.start_time ? 1 : -1)).slice(0, SHOWN)
}
