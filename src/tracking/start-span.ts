import { type Context, isSpanContextValid, type Span, trace, TraceFlags } from '@opentelemetry/api'
import { ATTR_USER_HASH, ATTR_USER_ID, type StartAttributes } from '../span/index.js'
import type { TrackingHost } from './types.js'

/** What samplers and other processors may want to know at the start. */
export function startAttributes(host: TrackingHost, featureName: string, userId: string | undefined): StartAttributes {
  const attributes: StartAttributes = { 'cloudcurio.feature.name': featureName }
  if (userId === undefined) return attributes
  const pseudonym = host.pseudonym(userId)
  if (pseudonym === undefined) attributes[ATTR_USER_ID] = userId
  else attributes[ATTR_USER_HASH] = pseudonym
  return attributes
}

/**
 * Whether a span may be the active one in the application's trace. One that was left out of a sampled trace may not:
 * samplers follow the parent, and would leave out all below it as well. Nor may one without ids, below which another
 * trace would begin.
 */
export function belongsAmong(span: Span, parent: Context): boolean {
  const ids = span.spanContext()
  if ((ids.traceFlags & TraceFlags.SAMPLED) !== 0) return true
  const around = trace.getSpanContext(parent)
  const isLeftOut = around !== undefined && (around.traceFlags & TraceFlags.SAMPLED) !== 0
  return !isLeftOut && hasIds(span)
}

export function hasIds(span: Span): boolean {
  return isSpanContextValid(span.spanContext())
}
