import { INVALID_SPANID, INVALID_TRACEID, type SpanContext } from '@opentelemetry/api'

/**
 * Whether a span has the ids of one, by their length and that they are not all zeros, which no span's are (W3C Trace
 * Context, section 3.2.2): to look at each digit, as the API does, takes a tenth of a tracked call. The store does it, in
 * its own thread, for what it keeps.
 */
export function hasIds(span: { spanContext(): SpanContext }): boolean {
  const { traceId, spanId } = span.spanContext()
  return (
    typeof traceId === 'string' &&
    traceId.length === INVALID_TRACEID.length &&
    traceId !== INVALID_TRACEID &&
    isSpanId(spanId)
  )
}

/** The same of a span's id alone. */
export function isSpanId(id: unknown): id is string {
  return typeof id === 'string' && id.length === INVALID_SPANID.length && id !== INVALID_SPANID
}
