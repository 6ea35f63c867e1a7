import type { Span } from '@opentelemetry/api'
import { CUT_KEY, type Plain, plainCopy, userFilter } from '../record/index.js'
import { ATTR_METADATA_PREFIX, metadataToAttribute } from '../span/index.js'
import type { CallDetails } from './call-details.js'
import { failureOf } from './failure.js'
import type { TrackingHost } from './types.js'

/** The SDK keeps 128 attributes of a span and drops those set later; ours that come at the end must find room. */
const MAX_METADATA_KEYS = 100

/** Keeps what a call says of itself as attributes of its spans, without clear user ids. Never throws. */
export function keepMetadata(
  featureName: string,
  spans: readonly Span[],
  host: TrackingHost,
  userId: string | undefined,
  details: CallDetails,
  metadata: Readonly<Record<string, unknown>>,
): void {
  try {
    const copy = plainCopy(metadata, host.maxMetadataSize, filterOf(host, userId))
    if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) return
    details.metadataKeys ??= new Set()
    for (const [key, value] of Object.entries<Plain>(copy)) keepOne(spans, details.metadataKeys, key, value)
  } catch (error) {
    host.count('tracking_failed', () => `metadata of ${featureName} could not be kept: ${failureOf(error).message}`)
  }
}

function keepOne(spans: readonly Span[], keys: Set<string>, key: string, value: Plain): void {
  if (keys.size >= MAX_METADATA_KEYS && !keys.has(key)) {
    for (const span of spans)
      span.setAttribute(ATTR_METADATA_PREFIX + CUT_KEY, ['keys past the first ' + MAX_METADATA_KEYS])
    return
  }
  keys.add(key)
  for (const span of spans) span.setAttribute(ATTR_METADATA_PREFIX + key, metadataToAttribute(value))
}

function filterOf(host: TrackingHost, userId: string | undefined): ReturnType<typeof userFilter> | undefined {
  if (host.pseudonym('') === undefined) return undefined
  return userFilter((id) => host.pseudonym(id) as string, userId)
}
