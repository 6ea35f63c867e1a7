import type { ChartDataResponse, StatsResponse } from '../../../server/contract.js'
import { Empty, FirstSteps, Loaded } from '../../parts/states.jsx'
import { endpoint } from '../../state/api.js'
import { useResource } from '../../state/resource.js'
import { go, linkTo, linkWith, param } from '../../state/route.js'
import { PRESETS, preset, rangeBetween, rangeLabel, rangeParams, zone } from '../../state/time-range.js'
import { FilterChips } from '../../parts/filter-chips.jsx'
import { CallsChart } from '../series-charts.jsx'
import { TotalsFigures } from '../totals.jsx'
import { Categories } from './categories.jsx'
import { LatestCalls } from './latest-calls.jsx'
import { TopFeatures } from './top-features.jsx'

/** What of the place the overview filters by. */
const FILTERS = ['category', 'user'] as const

export function Overview() {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, param(name) ?? undefined]))
  const asked = { ...rangeParams.value, ...filters }
  const stats = useResource<StatsResponse>(endpoint('stats', asked))
  const charts = useResource<ChartDataResponse>(endpoint('chart-data', { ...asked, tz: zone.value, limit: '1' }))
  // The list of categories is to choose another from: it is not filtered by the one that is chosen.
  const otherCategories = useResource<ChartDataResponse>(
    filters['category'] === undefined
      ? null
      : endpoint('chart-data', { ...asked, category: undefined, tz: zone.value, limit: '1' }),
  )
  const categories = filters['category'] === undefined ? charts : otherCategories
  if (stats.error?.code === 'no_database') return <FirstSteps />
  return (
    <>
      <FilterChips names={FILTERS} />
      <Loaded of={stats} room="room-figures">
        {(totals) =>
          totals.total_calls === 0 ? (
            <NoCalls filtered={Object.values(filters).some(Boolean)} />
          ) : (
            <TotalsFigures totals={totals} />
          )
        }
      </Loaded>
      <div class="grid">
        <Loaded of={charts} room="card span-8 room-chart">
          {({ series }) => <CallsChart series={series} class="span-8" onSelect={zoom} />}
        </Loaded>
        <Loaded of={categories} room="card span-4 room-chart">
          {(data) => <Categories counts={data.categories} />}
        </Loaded>
        <TopFeatures filters={asked} />
        <LatestCalls filters={filters} />
      </div>
    </>
  )
}

export function zoom(from: number, to: number): void {
  go(linkWith(rangeBetween(from, to)))
}

function NoCalls({ filtered }: { readonly filtered: boolean }) {
  const wider = PRESETS[PRESETS.findIndex((item) => item === preset.value) + 1] ?? PRESETS.at(-1)
  return (
    <div class="card figures-empty">
      <Empty title={`No calls in this time: ${rangeLabel.value}`}>
        <p class="row-buttons">
          {wider !== undefined && wider !== preset.value && (
            <a class="button" href={linkWith({ since: wider.since, until: undefined })}>
              {wider.label}
            </a>
          )}
          <a class="button" href={linkWith({ since: 'all', until: undefined })}>
            All time
          </a>
          {filtered && (
            <a class="button" href={linkTo('overview')}>
              Without filters
            </a>
          )}
        </p>
      </Empty>
    </div>
  )
}
