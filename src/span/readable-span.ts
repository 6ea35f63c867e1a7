import type { HrTime, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api'

/**
 * What the mapping reads of a finished span: the members of the SDK's ReadableSpan that 2.x and 3.x share. Attribute
 * values are unknown: 3.x allows any value there.
 */
export interface FinishedSpan {
  readonly name: string
  readonly kind: SpanKind
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly duration: HrTime
  readonly status: SpanStatus
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly {
    readonly name: string
    readonly attributes?: Readonly<Record<string, unknown>> | undefined
  }[]
  /** In spans of the SDK 2.x and later. */
  readonly parentSpanContext?: SpanContext | undefined
  spanContext(): SpanContext
}
