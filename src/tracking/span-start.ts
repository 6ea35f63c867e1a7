import {
  type Context,
  isSpanContextValid,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace,
  TraceFlags,
} from '@opentelemetry/api'
import type { StartAttributes } from '../span/index.js'
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

/** Asked several times in a call, and it costs two regular expressions each time. */
let lastValid: SpanContext | undefined

export function hasIds(span: Span): boolean {
  const ids = span.spanContext()
  if (ids === lastValid) return true
  if (!isSpanContextValid(ids)) return false
  lastValid = ids
  return true
}

/** See `RecordDraft.link`. */
export function linkOf(span: Span, parent: Context | undefined): string | undefined {
  const { traceId, spanId } = span.spanContext()
  if (!hasIds(span)) return undefined
  const around = parent === undefined ? undefined : trace.getSpanContext(parent)
  return around?.traceId === traceId ? traceId + spanId + around.spanId : traceId + spanId
}
