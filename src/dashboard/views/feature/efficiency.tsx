import type { EfficiencyFactors } from '../../../server/contract.js'
import { count, score } from '../../format/numbers.js'
import { Card } from '../../parts/card.jsx'

const FACTORS = [
  { key: 'duration', label: 'Duration', share: 0.5, rule: 'full up to 10 s, then 10 s / duration' },
  { key: 'output', label: 'Output', share: 0.3, rule: 'full from 1000 bytes on' },
  { key: 'iterations', label: 'Iterations', share: 0.2, rule: '1 / iterations' },
] as const

/** The score and the three factors it is made of. */
export function Efficiency({ factors }: { readonly factors: EfficiencyFactors }) {
  return (
    <Card title="Efficiency" class="span-4" note={`of the latest ${count(factors.based_on_calls)} calls`}>
      <p class="big-number">
        {score(factors.score)} <span class="soft">of 1</span>
      </p>
      <ul class="factors">
        {FACTORS.map(({ key, label, share, rule }) => (
          <li key={key}>
            <span class="factor-name">
              {label} <span class="soft">counts {share * 100} %</span>
            </span>
            <span class="factor-value">{score(factors[key])}</span>
            <span class="meter">
              <span style={{ width: `${factors[key] * 100}%` }} />
            </span>
            <span class="soft factor-rule">{rule}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
