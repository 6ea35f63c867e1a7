import type { Attributes, Span, SpanContext, Tracer } from '@opentelemetry/api'
import type { RecordDraft } from '../record/index.js'

/** What the span of a call that began before is made of. */
export interface LateSpanStart {
  readonly name: string
  readonly attributes: Attributes
  readonly parent: SpanContext | undefined
  /** What `performance.now()` gave when the call began. */
  readonly startMonotonic: number
  /** Milliseconds since the epoch. */
  readonly startMillis: number
  /** Whether the call has ended meanwhile, and was recorded: the span then only has its ids to give. */
  readonly ended: boolean
  /** The ids of the span that this one stands beside; it gets ids of its own where there is none. */
  readonly ids: SpanContext | undefined
}

/**
 * A pipeline in which nobody but this library listens: a call's span is made when somebody asks for it, and a call
 * whose span nobody asked for becomes a record directly.
 */
export interface LateSpans {
  /** Whether a call may become a record without a span; where not, each has to have one at its end. */
  readonly takesDrafts: boolean
  startLate(start: LateSpanStart): Span
  endWithoutSpan(draft: RecordDraft): void
}

/** Under this name a tracer of ours has its late spans, where the pipeline allows them. */
export const LATE_SPANS: unique symbol = Symbol.for('cloudcurio.feature.late_spans')

export function lateSpansOf(tracer: Tracer): LateSpans | undefined {
  return (tracer as { [LATE_SPANS]?: LateSpans | undefined })[LATE_SPANS]
}
