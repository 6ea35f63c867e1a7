import { type Context, INVALID_SPAN_CONTEXT, type Span, type SpanOptions, trace, type Tracer } from '@opentelemetry/api'

/** What all copies of this package in a process share. */
interface Seen {
  /** The last span that a FeatureSpanProcessor saw start. */
  span: unknown
}

const SEEN: unique symbol = Symbol.for('cloudcurio.feature.seen_spans')
const seen: Seen = ((globalThis as { [SEEN]?: Seen })[SEEN] ??= { span: undefined })

let wasSeen = false

/** Said by a FeatureSpanProcessor, of the spans that this library starts: it will record them when they end. */
export function saySeen(span: object): void {
  seen.span = span
}

/**
 * Starts a span in a provider of whatever kind; `wasSpanSeen` then tells whether a FeatureSpanProcessor is in its
 * pipeline and saw it. No provider says which processors it has, and a span that it does not record reaches none.
 * Where starting it fails, the span is an invalid one.
 */
export function startSpanSeen(tracer: Tracer, name: string, options: SpanOptions, parent: Context): Span {
  // Another processor may track calls of its own while it is told of this one.
  const around = seen.span
  seen.span = undefined
  let span: Span | undefined
  try {
    span = tracer.startSpan(name, options, parent)
  } catch {
    // A tracer that throws must not cost the record.
  }
  span ??= trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
  wasSeen = seen.span !== undefined && isSame(seen.span as Span, span)
  seen.span = around
  return span
}

/** Whether a FeatureSpanProcessor saw the span that `startSpanSeen` has just given. */
export function wasSpanSeen(): boolean {
  return wasSeen
}

/** Some providers put a span of their own around that of the SDK. */
function isSame(one: Span, other: Span): boolean {
  return one === other || one.spanContext().spanId === other.spanContext().spanId
}
