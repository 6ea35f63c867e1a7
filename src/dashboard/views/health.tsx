import type { HealthResponse } from '../../server/contract.js'
import { count, size } from '../format/numbers.js'
import { exactTime, milliseconds } from '../format/times.js'
import { Card } from '../parts/card.jsx'
import { Icon } from '../parts/icon.jsx'
import { Empty, Loaded } from '../parts/states.jsx'
import { endpoint } from '../state/api.js'
import { useResource } from '../state/resource.js'
import { zone } from '../state/time-range.js'

/** Whether everything is recorded, and where. */
export function Health() {
  const asked = useResource<HealthResponse>(endpoint('health'))
  return (
    <Loaded of={asked} room="room-page">
      {(health) => <HealthParts health={health} />}
    </Loaded>
  )
}

const VERDICTS = {
  ok: { title: 'All is well', icon: 'success', class: 'is-success' },
  degraded: { title: 'Something needs attention', icon: 'warning', class: 'is-partial' },
  down: { title: 'The database cannot be read', icon: 'failed', class: 'is-failed' },
} as const

function HealthParts({ health }: { readonly health: HealthResponse }) {
  const verdict = VERDICTS[health.status]
  return (
    <>
      <div class={`verdict ${verdict.class}`} role="status">
        <Icon name={verdict.icon} />
        <div>
          <strong>{verdict.title}</strong>
          {health.problems.length > 0 && (
            <ul>
              {health.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          )}
        </div>
      </div>
      <div class="grid">
        <Database database={health.database} />
        <Waiting health={health} />
        <Tracker tracker={health.tracker} />
        <Settings settings={health.settings} />
      </div>
    </>
  )
}

type Pair = readonly [string, string]

function Pairs({ of }: { readonly of: readonly Pair[] }) {
  return (
    <dl class="facts">
      {of.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const timeOf = (time: string | null): string => (time === null ? 'none' : exactTime(milliseconds(time), zone.value))

function Database({ database }: Pick<HealthResponse, 'database'>) {
  const versions = [database.schema_version, database.latest_schema_version].map((version) => version ?? '–')
  return (
    <Card title="Database" class="span-6">
      {database.error !== null && <p class="hint is-bad">{database.error}</p>}
      <Pairs
        of={[
          ['File', database.path],
          ['Exists', database.exists ? 'yes' : 'not yet: it is made with the first call'],
          ['Size', size(database.size)],
          ['Write-ahead log', size(database.wal_size)],
          ['Records', database.records === null ? 'not known' : count(database.records)],
          ['First call', timeOf(database.first_call)],
          ['Last call', timeOf(database.last_call)],
          ['Schema', `version ${versions[0]}; this dashboard knows ${versions[1]}`],
        ]}
      />
    </Card>
  )
}

function Waiting({ health: { rollups, spool, live_clients: clients, version } }: { readonly health: HealthResponse }) {
  const sums: readonly Pair[] =
    rollups === null
      ? [['Sums', 'not known']]
      : [
          ['Calls in the sums', count(rollups.covered_calls)],
          ['Rows still to be counted', count(rollups.rows_to_go)],
          ['Sums are being rebuilt', rollups.rebuilding ? 'yes' : 'no'],
        ]
  return (
    <Card title="On the way" class="span-6">
      <Pairs
        of={[
          ...sums,
          ['Spool', spool.files === 0 ? 'empty' : `${count(spool.files)} files, ${size(spool.size)}`],
          ['Open live streams', count(clients)],
          ['Version', version],
        ]}
      />
    </Card>
  )
}

function Tracker({ tracker }: Pick<HealthResponse, 'tracker'>) {
  if (tracker === null) {
    return (
      <Card title="Tracker" class="span-6">
        <Empty title="Seen only from inside the application">
          <p>
            This dashboard is a process of its own: it cannot know what another one dropped. Mount the dashboard in the
            application to see its dropped records and warnings here.
          </p>
        </Empty>
      </Card>
    )
  }
  const dropped = Object.entries(tracker.dropped)
  const events = Object.entries(tracker.events)
  return (
    <Card title="Tracker" class="span-6" note="of this process">
      <Pairs
        of={[
          ['Stored', count(tracker.stored)],
          ['Waiting', count(tracker.waiting_records)],
          ['In the spool', count(tracker.spooled_records)],
          ['Recovered from the spool', count(tracker.recovered_records)],
          ['Lost', count(tracker.lost_records)],
          ['Longest wait for a lock', `${count(tracker.longest_lock_wait)} ms`],
        ]}
      />
      <h3>Dropped records</h3>
      {dropped.length === 0 ? (
        <p class="soft">None.</p>
      ) : (
        <Pairs of={dropped.map(([why, number]) => [why, count(number)])} />
      )}
      <h3>Warnings</h3>
      {events.length === 0 ? (
        <p class="soft">None.</p>
      ) : (
        <Pairs of={events.map(([what, number]) => [what, count(number)])} />
      )}
    </Card>
  )
}

function Settings({ settings }: Pick<HealthResponse, 'settings'>) {
  return (
    <Card title="Settings" class="span-6">
      <div class="scroll" tabIndex={0} role="region" aria-label="Settings">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Variable</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {settings.map(({ name, variable, value, origin }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{variable}</code>
                </th>
                <td class="breaks">{value === '' ? '–' : value}</td>
                <td>
                  <span class={`origin is-${origin}`}>{origin}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
