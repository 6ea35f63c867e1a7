import { useSignal } from '@preact/signals'
import type { FeatureItem, FeatureListResponse } from '../../../server/contract.js'
import { Sparkline } from '../../charts/sparkline.jsx'
import { saveTable } from '../../charts/save.js'
import { count, duration, percent } from '../../format/numbers.js'
import { categoryName } from '../../format/words.js'
import { Card } from '../../parts/card.jsx'
import { Menu, MenuItem } from '../../parts/menu.jsx'
import { copyLink } from '../../parts/notice.jsx'
import { SearchField } from '../../parts/search-field.jsx'
import { Empty, Loaded } from '../../parts/states.jsx'
import { endpoint } from '../../state/api.js'
import { useResource } from '../../state/resource.js'
import { type Params, linkTo } from '../../state/route.js'
import { zone } from '../../state/time-range.js'

const FEW = 10
const MANY = 500

/** The most used features, or those whose names have what is searched for. */
export function TopFeatures({ filters }: { readonly filters: Params }) {
  const search = useSignal('')
  const all = useSignal(false)
  const limit = all.value ? MANY : FEW
  const list = useResource<FeatureListResponse>(
    endpoint('features', { ...filters, search: search.value, limit: String(limit), sparkline: 'true', tz: zone.value }),
  )
  const items = list.data?.items ?? []
  return (
    <Card
      title="Top features"
      class="span-8"
      note={<SearchField label="Find a feature" value={search} />}
      menu={
        <Menu label="Menu of Top features" icon="more">
          <MenuItem onChoose={() => saveFeatures(items)}>Save as CSV</MenuItem>
          <MenuItem onChoose={copyLink}>Copy link</MenuItem>
        </Menu>
      }
    >
      <Loaded of={list} room="room-table">
        {() => (items.length === 0 ? <NoFeatures search={search.value} /> : <FeatureTable items={items} />)}
      </Loaded>
      {items.length >= FEW && (
        <p class="card-foot">
          <button type="button" class="button-quiet" onClick={() => (all.value = !all.value)}>
            {all.value ? `Show the ${FEW} most used` : `Show up to ${MANY}`}
          </button>
        </p>
      )}
    </Card>
  )
}

function NoFeatures({ search }: { readonly search: string }) {
  if (search === '') return <Empty title="No feature was called in this time" />
  return (
    <Empty title={`No feature is called “${search}”`}>
      <p>
        The thousand most used features of this time were searched. Choose a longer time, or another part of the name.
      </p>
    </Empty>
  )
}

function FeatureTable({ items }: { readonly items: readonly FeatureItem[] }) {
  return (
    <div class="scroll" role="region" aria-label="Top features" tabIndex={0}>
      <table class="table features">
        <thead>
          <tr>
            <th scope="col" class="wide">
              Feature
            </th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col" class="hide-narrow">
              Over time
            </th>
            <th scope="col" class="number">
              p95
            </th>
            <th scope="col" class="number">
              Success
            </th>
            <th scope="col" class="number hide-narrow">
              Users
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <FeatureRow key={`${item.category} ${item.feature_name}`} item={item} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Below this a feature has a problem that should be seen. */
const GOOD_RATE = 95

function FeatureRow({ item }: { readonly item: FeatureItem }) {
  return (
    <tr>
      <th scope="row" class="wide">
        <a href={linkTo('feature', { name: item.feature_name })}>{item.feature_name}</a>
        <span class="sub">{categoryName(item.category)}</span>
      </th>
      <td class="number">{count(item.total_calls)}</td>
      <td class="hide-narrow">
        <Sparkline values={item.sparkline} label={`Calls over time, at most ${Math.max(0, ...item.sparkline)}`} />
      </td>
      <td class="number">{duration(item.p95_duration)}</td>
      <td class="number">
        <span class={item.success_rate < GOOD_RATE ? 'rate is-low' : 'rate'}>{percent(item.success_rate)}</span>
      </td>
      <td class="number hide-narrow">{count(item.users)}</td>
    </tr>
  )
}

function saveFeatures(items: readonly FeatureItem[]): void {
  const heads = [
    'feature_name',
    'category',
    'total_calls',
    'success_rate',
    'avg_duration',
    'p95_duration',
    'users',
  ] as const
  saveTable(
    'Top features',
    heads,
    items.map((item) => heads.map((head) => item[head])),
  )
}
