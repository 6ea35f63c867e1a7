import type { FeatureResponse, SizeSummary } from '../../../server/contract.js'
import { count, size } from '../../format/numbers.js'
import { Card } from '../../parts/card.jsx'

const ROWS: readonly (readonly [keyof SizeSummary, string])[] = [
  ['avg', 'Average'],
  ['p50', 'Median'],
  ['p95', 'p95'],
  ['max', 'Largest'],
]

/** How much goes in and out. */
export function Sizes({ sizes }: { readonly sizes: FeatureResponse['sizes'] }) {
  return (
    <Card title="Sizes" class="span-4" note={`of the latest ${count(sizes.based_on_calls)} calls`}>
      <table class="table">
        <thead>
          <tr>
            <td />
            <th scope="col" class="number">
              Input
            </th>
            <th scope="col" class="number">
              Output
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([key, label]) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              <td class="number">{size(sizes.input[key])}</td>
              <td class="number">{size(sizes.output[key])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
