import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface CardProps {
  readonly title: string
  /** Beside the title, in small letters. */
  readonly note?: ComponentChildren
  readonly menu?: ComponentChildren
  readonly class?: string | undefined
  readonly children: ComponentChildren
}

export function Card({ title, note, menu, class: name = '', children }: CardProps) {
  const id = useId()
  return (
    <section class={`card ${name}`} aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span class="note">{note}</span>}
        {menu}
      </header>
      {children}
    </section>
  )
}
