import type { RecentFeatureCall, RecentCall } from '../../server/contract.js'
import { duration } from '../format/numbers.js'
import { dateTime, exactTime, milliseconds, timeOfDay } from '../format/times.js'
import { categoryName } from '../format/words.js'
import { linkTo } from '../state/route.js'
import { zone } from '../state/time-range.js'
import { StatusMark } from './status.jsx'

const HEADS = { feature: 'Feature', error: 'Error', user: 'User' } as const

interface CallTableProps {
  readonly label: string
  readonly calls: readonly (RecentCall | RecentFeatureCall)[]
  /** What is told of each: its feature where they are of several, its error, or its user. */
  readonly show: keyof typeof HEADS
}

/** Some calls, each with a link to its trace, or to its record where there is none. */
export function CallTable({ label, calls, show }: CallTableProps) {
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      <table class="table calls">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Status</th>
            <th scope="col" class="wide">
              {HEADS[show]}
            </th>
            <th scope="col" class="number">
              Duration
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.record_id}>
              <td>
                <a href={callLink(call)} title={exactTime(milliseconds(call.start_time), zone.value)}>
                  <CallTime at={milliseconds(call.start_time)} />
                </a>
              </td>
              <td>
                <StatusMark status={call.status} />
              </td>
              <td class="wide">
                {show === 'feature' ? (
                  <a href={linkTo('feature', { name: call.feature_name })} title={categoryName(call.category)}>
                    {call.feature_name}
                  </a>
                ) : (
                  <span title={textOf(call, show)}>{textOf(call, show)}</span>
                )}
              </td>
              <td class="number">{duration(call.duration)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function textOf(call: RecentCall | RecentFeatureCall, show: 'error' | 'user'): string {
  if (show === 'user') return call.user_id ?? ''
  return 'error_message' in call ? (call.error_message ?? '') : ''
}

const DAY = 86_400_000

/** The time of day, and the day where it is another than today. */
function CallTime({ at }: { readonly at: number }) {
  return <>{Date.now() - at < DAY ? timeOfDay(at, zone.value) : dateTime(at, zone.value)}</>
}

/** Where a call is looked at. */
export function callLink({ trace_id: trace, record_id: record }: RecentCall): string {
  return trace === null ? linkTo('records', { record }) : linkTo('trace', { id: trace, record })
}
