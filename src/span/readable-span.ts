import type { HrTime, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api'

/** What is known of a span before its end too: what rules look at. */
export interface SpanFacts {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Readonly<Record<string, unknown>>
  /** The instrumentation that made the span. */
  readonly instrumentationScope?: { readonly name: string } | undefined
}

/** Empty where a span does not say which instrumentation made it. */
export function scopeNameOf({ instrumentationScope }: SpanFacts): string {
  return instrumentationScope?.name ?? ''
}

/**
 * What the mapping reads of a finished span: the members of the SDK's ReadableSpan that 2.x and 3.x share. Attribute
 * values are unknown: 3.x allows any value there.
 */
export interface FinishedSpan extends SpanFacts {
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly duration: HrTime
  readonly status: SpanStatus
  readonly events: readonly {
    readonly name: string
    readonly attributes?: Readonly<Record<string, unknown>> | undefined
  }[]
  /** In spans of the SDK 2.x and later. */
  readonly parentSpanContext?: SpanContext | undefined
  spanContext(): SpanContext
}
