import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api'
import type { TraceState } from '@opentelemetry/api'

/** The values of the SDK's SamplingDecision; they are the same in 1.x, 2.x and 3.x. */
export const SamplingDecision = { NOT_RECORD: 0, RECORD: 1, RECORD_AND_SAMPLED: 2 } as const

export interface SamplingResult {
  decision: 0 | 1 | 2
  attributes?: Readonly<Attributes>
  traceState?: TraceState
}

/** The SDK's Sampler, by its members. */
export interface Sampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult
  toString(): string
}
