import {
  type Context,
  createTraceState,
  isSpanContextValid,
  propagation,
  type SpanContext,
  trace,
  TraceFlags,
} from '@opentelemetry/api'

/** W3C Trace Context, level 2, section 3.2: version, trace id, parent id and flags; later versions may have more. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

const MAX_TRACESTATE_LENGTH = 512

/** Writes the active trace into a carrier: with the application's propagators, and as W3C says where it has none. */
export function injectTrace(from: Context, carrier: Record<string, string>): void {
  propagation.inject(from, carrier)
  const span = trace.getSpanContext(from)
  if (hasPropagators() || span === undefined || !isSpanContextValid(span)) return
  carrier['traceparent'] = `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 0xff).toString(16).padStart(2, '0')}`
  const state = span.traceState?.serialize()
  if (state) carrier['tracestate'] = state
}

/** A context that continues the trace of a carrier, or the one given where the carrier names none. */
export function extractTrace(into: Context, carrier: Readonly<Record<string, unknown>>): Context {
  if (hasPropagators()) return propagation.extract(into, carrier)
  const span = remoteSpan(carrier['traceparent'], carrier['tracestate'])
  return span === undefined ? into : trace.setSpanContext(into, span)
}

/** Without a provider of the application's the API's propagator does nothing. */
function hasPropagators(): boolean {
  return propagation.fields().length > 0
}

function remoteSpan(traceparent: unknown, tracestate: unknown): SpanContext | undefined {
  const found = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null
  // Version 00 has exactly four parts.
  if (found === null || (found[1] === '00' && found[5] !== undefined)) return undefined
  const span: SpanContext = {
    traceId: found[2] as string,
    spanId: found[3] as string,
    traceFlags: Number.parseInt(found[4] as string, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  }
  if (typeof tracestate === 'string' && tracestate !== '' && tracestate.length <= MAX_TRACESTATE_LENGTH)
    span.traceState = createTraceState(tracestate)
  return isSpanContextValid(span) ? span : undefined
}
