import type { FeatureResponse } from '../../../server/contract.js'
import { compact, count } from '../../format/numbers.js'
import { categoryName } from '../../format/words.js'
import { BarList } from '../../parts/bar-list.jsx'
import { CallTable } from '../../parts/call-table.jsx'
import { Card } from '../../parts/card.jsx'
import { Empty, Loaded } from '../../parts/states.jsx'
import { endpoint } from '../../state/api.js'
import { useResource } from '../../state/resource.js'
import { linkTo, linkWith, param } from '../../state/route.js'
import { rangeLabel, rangeParams, zone } from '../../state/time-range.js'
import { zoom } from '../overview/overview.jsx'
import { CallsChart, DurationChart, EfficiencyChart, SizesChart } from '../series-charts.jsx'
import { TotalsFigures } from '../totals.jsx'
import { Efficiency } from './efficiency.jsx'
import { Errors } from './errors.jsx'
import { Latency } from './latency.jsx'
import { Sizes } from './sizes.jsx'

/** One feature: how often, how fast, how well, by whom, and what went wrong. */
export function Feature() {
  const name = param('name')
  if (name === null) {
    return (
      <Empty title="No feature is chosen">
        <a href={linkTo('overview')}>Choose one in the overview</a>
      </Empty>
    )
  }
  return <OneFeature key={name} name={name} />
}

function OneFeature({ name }: { readonly name: string }) {
  // As a parameter, every name passes; in a path `.` and `..` would be taken for folders.
  const asked = useResource<FeatureResponse>(
    endpoint('feature', {
      feature_name: name,
      ...rangeParams.value,
      tz: zone.value,
      category: param('category') ?? undefined,
    }),
  )
  return (
    <Loaded of={asked} room="room-page">
      {(feature) => <FeatureParts feature={feature} />}
    </Loaded>
  )
}

function FeatureParts({ feature }: { readonly feature: FeatureResponse }) {
  const { feature_name: name, stats, series } = feature
  const empty = stats.total_calls === 0
  return (
    <>
      <FeatureHead feature={feature} />
      {empty ? (
        <div class="card figures-empty">
          <Empty title={`No calls in this time: ${rangeLabel.value}`}>
            <a class="button" href={linkWith({ since: 'all', until: undefined })}>
              All time
            </a>
          </Empty>
        </div>
      ) : (
        <>
          <TotalsFigures totals={stats} />
          <div class="grid">
            <CallsChart series={series} class="span-6" onSelect={zoom} />
            <DurationChart series={series} class="span-6" onSelect={zoom} />
            <Latency feature={name} bars={feature.histogram} stats={stats} />
            <Errors errors={feature.errors} feature={name} />
            <Efficiency factors={feature.efficiency} />
            <EfficiencyChart series={series} class="span-8" onSelect={zoom} />
            <Sizes sizes={feature.sizes} />
            <SizesChart series={series} class="span-8" onSelect={zoom} />
            <Card title="Slowest calls" class="span-6">
              <CallTable label="Slowest calls" calls={feature.slowest} show="user" />
            </Card>
            <Card title="Latest calls that did not succeed" class="span-6">
              {feature.failed.length === 0 ? (
                <Empty title="Every call succeeded" />
              ) : (
                <CallTable label="Latest calls that did not succeed" calls={feature.failed} show="error" />
              )}
            </Card>
            <Users feature={feature} />
            <Card title="Latest calls" class="span-6 tall-list">
              <CallTable label="Latest calls" calls={feature.recent_calls} show="error" />
            </Card>
          </div>
        </>
      )}
    </>
  )
}

function FeatureHead({ feature }: { readonly feature: FeatureResponse }) {
  const chosen = param('category')
  return (
    <div class="thing-head">
      <p class="thing-title">{feature.feature_name}</p>
      <ul class="chips" aria-label="Categories">
        {feature.categories.map((category) => (
          <li key={category}>
            <a
              class="chip"
              aria-current={category === chosen ? 'true' : undefined}
              href={linkWith({ category: category === chosen ? undefined : category })}
            >
              {categoryName(category)}
            </a>
          </li>
        ))}
      </ul>
      <a class="button" href={linkTo('records', { feature: feature.feature_name })}>
        All its records
      </a>
    </div>
  )
}

function Users({ feature: { feature_name: feature, users, stats } }: { readonly feature: FeatureResponse }) {
  const bars = users.items.map(({ user_id: user, calls, failures }) => ({
    key: user,
    label: user,
    value: calls,
    text: failures === 0 ? compact(calls) : `${compact(calls)} (${compact(failures)} not successful)`,
    href: linkTo('records', { feature, user }),
  }))
  return (
    <Card
      title="Users"
      class="span-6 tall-list"
      note={`${count(stats.users)} in all; of the latest ${count(users.based_on_calls)} calls`}
    >
      {bars.length === 0 ? (
        <Empty title="No call names a user">
          <p>
            Give <code>userId</code> to the tracked call to see how many use this feature. Names are stored as
            pseudonyms.
          </p>
        </Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Users">
          <BarList label="Calls by user" bars={bars} />
        </div>
      )}
    </Card>
  )
}
