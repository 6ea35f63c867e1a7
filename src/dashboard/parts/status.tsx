import type { Status } from '../../server/contract.js'
import { statusName } from '../format/words.js'
import { Icon } from './icon.jsx'

const KNOWN: ReadonlySet<string> = new Set(['success', 'failed', 'partial', 'timeout'])

interface StatusMarkProps {
  readonly status: Status
  /** Only the icon is seen, where there is little room. */
  readonly short?: boolean
}

/** A status by icon, colour and word. */
export function StatusMark({ status, short = false }: StatusMarkProps) {
  const known = KNOWN.has(status)
  return (
    <span class={`status ${known ? `is-${status}` : ''}`} title={short ? statusName(status) : undefined}>
      <Icon name={known ? status : 'info'} />
      <span class={short ? 'unseen' : ''}>{statusName(status)}</span>
    </span>
  )
}
