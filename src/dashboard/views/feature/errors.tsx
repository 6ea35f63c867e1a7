import type { ErrorGroup, FeatureResponse } from '../../../server/contract.js'
import { count } from '../../format/numbers.js'
import { ago, exactTime, milliseconds } from '../../format/times.js'
import { Card } from '../../parts/card.jsx'
import { Empty } from '../../parts/states.jsx'
import { StatusMark } from '../../parts/status.jsx'
import { linkTo } from '../../state/route.js'
import { zone } from '../../state/time-range.js'

interface ErrorsProps {
  readonly feature: string
  readonly errors: FeatureResponse['errors']
}

/** What went wrong: messages that differ only in numbers, ids and quoted text are one. */
export function Errors({ feature, errors }: ErrorsProps) {
  return (
    <Card
      title="Errors"
      class="span-4"
      note={errors.groups.length > 0 ? `of the latest ${count(errors.based_on_calls)} that did not succeed` : undefined}
    >
      {errors.groups.length === 0 ? (
        <Empty title="No errors in this time" />
      ) : (
        <ul class="errors scroll" tabIndex={0} aria-label="Error groups">
          {errors.groups.map((group) => (
            <Group key={`${group.fingerprint} ${group.status}`} group={group} feature={feature} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function Group({ group, feature }: { readonly group: ErrorGroup; readonly feature: string }) {
  const last = milliseconds(group.last_seen)
  return (
    <li>
      <a
        class="error-text"
        href={linkTo('records', { feature, status: group.status, record: group.example_record_id })}
      >
        {group.pattern === '' ? 'No message' : group.pattern}
      </a>
      <span class="error-facts">
        <StatusMark status={group.status} />
        <span>
          {count(group.count)} {group.count === 1 ? 'call' : 'calls'}
        </span>
        <span>
          {count(group.users)} {group.users === 1 ? 'user' : 'users'}
        </span>
        <span title={exactTime(last, zone.value)}>{ago(last, Date.now())}</span>
      </span>
    </li>
  )
}
