import type { ComponentChildren } from 'preact'

interface Bar {
  readonly key: string
  readonly label: ComponentChildren
  readonly value: number
  readonly text: string
  readonly href?: string | undefined
  readonly current?: boolean
}

interface BarListProps {
  readonly label: string
  readonly bars: readonly Bar[]
  /** Lower lines, where many have to fit into a card that keeps its height. */
  readonly dense?: boolean
}

/** Names with bars of their values, the longest as wide as the list. */
export function BarList({ label, bars, dense = false }: BarListProps) {
  const top = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE)
  return (
    <ul class={dense ? 'bar-list is-dense' : 'bar-list'} aria-label={label}>
      {bars.map(({ key, label: name, value, text, href, current }) => (
        <li key={key}>
          <span class="bar-list-fill" style={{ width: `${(100 * value) / top}%` }} />
          {href === undefined ? (
            <span class="bar-list-name">{name}</span>
          ) : (
            <a class="bar-list-name" href={href} aria-current={current === true ? 'true' : undefined}>
              {name}
            </a>
          )}
          <span class="bar-list-value">{text}</span>
        </li>
      ))}
    </ul>
  )
}
