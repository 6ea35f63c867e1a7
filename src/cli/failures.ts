import type { FeatureUsageRecord } from '../record/index.js'

/** Calls that failed with messages that differ in numbers, ids and quoted texts only. */
export interface FailureGroup {
  /** The message with what differs taken out. */
  readonly fingerprint: string
  readonly status: string
  readonly calls: number
  /** Start of the latest of them. */
  readonly lastCall: string
  /** The message of the latest. */
  readonly example: string
}

const WITHOUT_MESSAGE = '(no message)'

/** What differs between calls: ids, addresses, times, quoted texts, numbers; in this order. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>'],
  [/\b(?:https?|file|wss?):\/\/\S+/gi, '<url>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/"[^"\n]*"|'[^'\n]*'|`[^`\n]*`/g, '<text>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, '<id>'],
  [/\d+(?:\.\d+)?/g, '<n>'],
]

/** The message of an error without what differs from call to call; its first line. */
export function fingerprintOf(message: string | null): string {
  const [line = ''] = (message ?? '').trim().split('\n')
  if (line === '') return WITHOUT_MESSAGE
  return VARIABLE.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), line).trim()
}

/** Groups of failures, the largest first. @param failures the latest first */
export function groupFailures(failures: readonly FeatureUsageRecord[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const { errorMessage, status, startTime } of failures) {
    const fingerprint = fingerprintOf(errorMessage)
    const key = `${status}\0${fingerprint}`
    const known = groups.get(key)
    const first = { fingerprint, status, calls: 0, lastCall: startTime, example: errorMessage ?? '' }
    groups.set(key, { ...(known ?? first), calls: (known?.calls ?? 0) + 1 })
  }
  return [...groups.values()].toSorted((a, b) => b.calls - a.calls || (a.lastCall < b.lastCall ? 1 : -1))
}
