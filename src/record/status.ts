import { show } from './show.js'

/** How a call ended; the values are what `feature_usage.status` stores. */
export const FeatureStatus = {
  SUCCESS: 'success',
  FAILED: 'failed',
  PARTIAL: 'partial',
  TIMEOUT: 'timeout',
} as const

export type FeatureStatus = (typeof FeatureStatus)[keyof typeof FeatureStatus]

export const FEATURE_STATUSES: readonly FeatureStatus[] = Object.values(FeatureStatus)

const KNOWN: ReadonlySet<string> = new Set(FEATURE_STATUSES)

/** The status that a text names, or undefined. Case and surrounding blanks do not matter. */
export function parseStatus(text: unknown): FeatureStatus | undefined {
  if (typeof text !== 'string') return undefined
  if (KNOWN.has(text)) return text as FeatureStatus
  const folded = text.trim().toLowerCase()
  return KNOWN.has(folded) ? (folded as FeatureStatus) : undefined
}

/** @throws TypeError that names the value and lists the four statuses. */
export function requireStatus(value: unknown): FeatureStatus {
  const status = parseStatus(value)
  if (status !== undefined) return status
  throw new TypeError(`unknown status ${show(value)}: use one of ${FEATURE_STATUSES.join(', ')}`)
}
