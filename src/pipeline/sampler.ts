import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api'
import { SamplingDecision, type Sampler, type SamplingResult } from './sampling.js'
import { ATTR_NAME } from '../span/index.js'

/**
 * A sampler that decides as `inner` does, except that a feature span which `inner` would not record is recorded without
 * being sampled: FeatureSpanProcessor sees it, and BatchSpanProcessor exports as many spans as before.
 */
export function featureSampler(inner: Sampler): Sampler {
  return {
    shouldSample(
      parent: Context,
      traceId: string,
      name: string,
      kind: SpanKind,
      attributes: Attributes,
      links: Link[],
    ): SamplingResult {
      const result = inner.shouldSample(parent, traceId, name, kind, attributes, links)
      const isLost = result.decision === SamplingDecision.NOT_RECORD && typeof attributes[ATTR_NAME] === 'string'
      return isLost ? { ...result, decision: SamplingDecision.RECORD } : result
    },
    toString: () => `FeatureSampler{${inner.toString()}}`,
  }
}
