import { type Context, type Span, type SpanOptions, trace, TraceFlags } from '@opentelemetry/api'
import { hasIds, type StartAttributes } from '../span/index.js'
import type { CallDraft } from './spare-draft.js'
import type { TrackingHost, TrackOptions } from './types.js'
import type { User } from './user.js'

/** What samplers and other processors may want to know at the start. */
export function startAttributes(featureName: string, user: User | undefined, host: TrackingHost): StartAttributes {
  const attributes: StartAttributes = {
    'cloudcurio.feature.name': featureName,
  }
  user?.describe(attributes, host)
  return attributes
}

/** How the span of a call starts, with what its options say of the span. */
export function spanStart(attributes: StartAttributes, span: TrackOptions['span']): SpanOptions {
  return span === undefined ? { attributes } : { ...span, attributes: { ...span.attributes, ...attributes } }
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

/** Says in a draft where the call of a span stands in its trace, where it has a place. */
export function placeInTrace(draft: CallDraft, span: Span, parent: Context | undefined): void {
  if (!hasIds(span)) return
  const { traceId, spanId } = span.spanContext()
  const around = parent === undefined ? undefined : trace.getSpanContext(parent)
  draft.traceId = traceId
  draft.spanId = spanId
  draft.parentSpanId = around?.traceId === traceId ? around.spanId : undefined
}
