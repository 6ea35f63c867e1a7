import type { StatsResponse, Totals } from '../../server/contract.js'
import { compact, duration, percent, score } from '../format/numbers.js'
import { Figure } from '../parts/figure.jsx'

interface FigureOf {
  readonly label: string
  readonly value: (totals: Totals) => number
  readonly text: (value: number) => string
  readonly rise: 'good' | 'bad' | 'neutral'
  readonly points?: boolean
}

const FIGURES: readonly FigureOf[] = [
  { label: 'Calls', value: (totals) => totals.total_calls, text: compact, rise: 'neutral' },
  { label: 'Success rate', value: (totals) => totals.success_rate, text: percent, rise: 'good', points: true },
  { label: 'Not successful', value: (totals) => totals.total_calls - totals.success_count, text: compact, rise: 'bad' },
  { label: 'Median duration', value: (totals) => totals.p50_duration, text: duration, rise: 'bad' },
  { label: 'p95 duration', value: (totals) => totals.p95_duration, text: duration, rise: 'bad' },
  { label: 'Efficiency', value: (totals) => totals.avg_efficiency, text: score, rise: 'good' },
  { label: 'Users', value: (totals) => totals.users, text: compact, rise: 'good' },
]

/** What the calls come to, each compared with the period before. */
export function TotalsFigures({ totals }: { readonly totals: StatsResponse }) {
  const { previous } = totals
  return (
    <dl class="figures">
      {FIGURES.map(({ label, value, text, rise, points = false }) => {
        const now = value(totals)
        // Rates and averages of no calls say nothing; only the number of calls is still compared.
        const comparable = previous !== null && (previous.total_calls > 0 || label === 'Calls')
        const before = previous === null ? 0 : value(previous)
        return (
          <Figure
            key={label}
            label={label}
            value={text(now)}
            change={comparable ? { now, before, text: text(before), rise, points } : null}
          />
        )
      })}
    </dl>
  )
}
