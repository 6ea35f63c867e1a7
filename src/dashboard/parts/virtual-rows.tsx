import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface VirtualRowsProps {
  readonly label: string
  readonly role: 'grid' | 'treegrid'
  /** Names of the columns, in the order of the cells. */
  readonly head: ComponentChildren
  readonly count: number
  /** All rows there are; -1 while that is not known. */
  readonly total: number
  /** Pixels of a row, in wide and narrow windows. */
  readonly rowHeight: number
  readonly active: number
  readonly onActive: (index: number) => void
  /** Enter, or a click. */
  readonly onOpen: (index: number) => void
  /** Keys beyond those that move; true when the key was taken. */
  readonly onKey?: (key: string, index: number) => boolean
  /** Called when the last rows come into sight. */
  readonly onNearEnd?: () => void
  /** The cells of a row. */
  readonly row: (index: number) => ComponentChildren
  readonly rowProps?: (index: number) => Record<string, unknown>
  readonly foot?: ComponentChildren
}

/** Rows drawn beyond what is seen, on both sides. */
const BEYOND = 10
const HEAD = 32

/**
 * Rows of which only those in sight are in the document. The whole has one tab stop: arrows, Page up and down, Home and End
 * move the active row, Enter opens it.
 */
export function VirtualRows(props: VirtualRowsProps) {
  const { count, rowHeight, active } = props
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 800 })
  const first = Math.max(0, Math.floor(view.top / rowHeight) - BEYOND)
  const end = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + BEYOND)

  useLayoutEffect(() => {
    const host = box.current as HTMLDivElement
    const measure = (): void => {
      setView({ top: host.scrollTop, height: host.clientHeight })
    }
    const resized = new ResizeObserver(measure)
    resized.observe(host)
    host.addEventListener('scroll', measure, { passive: true })
    return () => {
      resized.disconnect()
      host.removeEventListener('scroll', measure)
    }
  }, [])

  useLayoutEffect(() => {
    if (end >= count - BEYOND) props.onNearEnd?.()
  }, [end, count])

  const rowsInSight = Math.max(1, Math.floor((view.height - HEAD) / rowHeight) - 1)
  const move = (index: number): void => {
    const target = Math.max(0, Math.min(count - 1, index))
    props.onActive(target)
    keepInSight(box.current as HTMLDivElement, target * rowHeight, rowHeight)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== box.current || count === 0) return
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + rowsInSight,
      PageUp: active - rowsInSight,
      Home: 0,
      End: count - 1,
    }
    const target = moves[event.key]
    if (target !== undefined) move(target)
    else if (event.key === 'Enter' && active >= 0) props.onOpen(active)
    else if (props.onKey?.(event.key, active) !== true) return
    event.preventDefault()
  }
  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset)
  const shown = active >= first && active < end
  return (
    <div
      class="rows"
      ref={box}
      role={props.role}
      aria-label={props.label}
      aria-rowcount={props.total < 0 ? -1 : props.total + 1}
      aria-activedescendant={shown ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div class="rows-head" role="rowgroup">
        <div class="row row-head" role="row" aria-rowindex={1}>
          {props.head}
        </div>
      </div>
      <div class="rows-body" role="rowgroup" style={{ height: `${count * rowHeight}px` }}>
        {indexes.map((index) => (
          <div
            key={index}
            id={`${id}-${index}`}
            class={`row ${index === active ? 'is-active' : ''}`}
            role="row"
            aria-rowindex={index + 2}
            aria-selected={index === active}
            style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
            onClick={() => {
              props.onActive(index)
              props.onOpen(index)
            }}
            {...props.rowProps?.(index)}
          >
            {props.row(index)}
          </div>
        ))}
      </div>
      {props.foot}
    </div>
  )
}

function keepInSight(box: HTMLDivElement, top: number, height: number): void {
  const bottom = top + height - (box.clientHeight - HEAD)
  if (top < box.scrollTop) box.scrollTop = top
  else if (bottom > box.scrollTop) box.scrollTop = bottom
}
