import { Icon } from './icon.jsx'

interface FigureProps {
  readonly label: string
  readonly value: string
  /** The number now and in the period before; null where there is nothing to compare with. */
  readonly change?: Change | null
}

interface Change {
  readonly now: number
  readonly before: number
  /** The number before, in words. */
  readonly text: string
  /** What a rise is. */
  readonly rise: 'good' | 'bad' | 'neutral'
  /** Told as a difference of percents, not as a share. */
  readonly points?: boolean
}

/** A number with its name and how it changed. */
export function Figure({ label, value, change = null }: FigureProps) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd class="figure-value">{value}</dd>
      <dd class="figure-change">{change !== null && <ChangeMark {...change} />}</dd>
    </div>
  )
}

function ChangeMark({ now, before, text, rise, points = false }: Change) {
  const amount = points ? now - before : before === 0 ? null : (100 * (now - before)) / before
  if (amount === null) return <span class="soft">{now === 0 ? 'none before either' : 'none before'}</span>
  const rounded = Math.abs(amount) < 10 ? Math.round(amount * 10) / 10 : Math.round(amount)
  if (rounded === 0) return <span class="soft">was {text}</span>
  const good = rise === 'neutral' ? '' : rounded > 0 === (rise === 'good') ? 'is-good' : 'is-bad'
  const shown = Math.abs(rounded) > 999 ? '>999' : Math.abs(rounded)
  return (
    <>
      <span class={`change ${good}`}>
        <Icon name={rounded > 0 ? 'up' : 'fall'} />
        <span class="unseen">{rounded > 0 ? 'up' : 'down'}</span> {shown}
        {points ? ' pts' : ' %'}
      </span>{' '}
      <span class="soft">was {text}</span>
    </>
  )
}
