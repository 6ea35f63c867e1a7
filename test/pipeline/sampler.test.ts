import { ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { featureSampler, FeatureSpanProcessor } from '../../src/pipeline/index.js'
import { FakeExporter } from '../support/fake-exporter.js'

const FEATURE = { 'cloudcurio.feature.name': 'search' }
const decisionOf = (sampler: Sampler, attributes: Record<string, string | number>) =>
  sampler.shouldSample(ROOT_CONTEXT, 'f'.repeat(32), 'span', SpanKind.INTERNAL, attributes, []).decision

const always = (decision: SamplingDecision): Sampler => ({
  shouldSample: () => ({ decision }),
  toString: () => 'Always',
})

describe('featureSampler', () => {
  const { NOT_RECORD, RECORD, RECORD_AND_SAMPLED } = SamplingDecision

  it.each([
    [NOT_RECORD, FEATURE, RECORD],
    [NOT_RECORD, {}, NOT_RECORD],
    [NOT_RECORD, { 'cloudcurio.feature.name': 7 }, NOT_RECORD],
    [RECORD, FEATURE, RECORD],
    [RECORD, {}, RECORD],
    [RECORD_AND_SAMPLED, FEATURE, RECORD_AND_SAMPLED],
    [RECORD_AND_SAMPLED, {}, RECORD_AND_SAMPLED],
  ])('makes of %j with %j %j', (inner, attributes, decision) => {
    expect(decisionOf(featureSampler(always(inner)), attributes)).toBe(decision)
  })

  it('keeps attributes and trace state of the inner decision, and passes on all that it is asked', () => {
    const asked: unknown[][] = []
    const traceState = { get: () => undefined } as never
    const inner: Sampler = {
      shouldSample: (...given) => {
        asked.push(given)
        return { decision: NOT_RECORD, attributes: { rule: 'r' }, traceState }
      },
      toString: () => 'Inner',
    }
    const given = [
      ROOT_CONTEXT,
      'trace',
      'name',
      SpanKind.SERVER,
      FEATURE,
      [{ context: { traceId: '1', spanId: '2', traceFlags: 0 } }],
    ] as const
    expect(featureSampler(inner).shouldSample(...(given as unknown as Parameters<Sampler['shouldSample']>))).toEqual({
      decision: RECORD,
      attributes: { rule: 'r' },
      traceState,
    })
    expect(asked).toEqual([[...given]])
    expect(featureSampler(inner).toString()).toBe('FeatureSampler{Inner}')
  })

  it.each([
    new AlwaysOffSampler(),
    new AlwaysOnSampler(),
    new TraceIdRatioBasedSampler(0),
    new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  ])('under the SDK with %s: every feature is kept, and others get as many spans as before', async (inner) => {
    const ended = async (sampler: Sampler) => {
      const [features, sampled] = [new FakeExporter(), new InMemorySpanExporter()]
      const provider = new BasicTracerProvider({
        sampler,
        spanProcessors: [new FeatureSpanProcessor(features), new BatchSpanProcessor(sampled)],
      })
      const tracer = provider.getTracer('t')
      for (let index = 0; index < 5; index++) {
        const parent = tracer.startSpan('parent')
        tracer.startSpan('feature', { attributes: FEATURE }, trace.setSpan(ROOT_CONTEXT, parent)).end()
        parent.end()
      }
      await provider.forceFlush()
      const counts = { features: features.names.length, sampled: sampled.getFinishedSpans().length }
      await provider.shutdown()
      return counts
    }
    const [before, after] = [await ended(inner), await ended(featureSampler(inner))]
    expect(after).toEqual({ features: 5, sampled: before.sampled })
  })

  it('leaves the flag of an unsampled feature unset, so that what it calls is not sampled either', () => {
    const provider = new BasicTracerProvider({ sampler: featureSampler(new AlwaysOffSampler()) })
    const span = provider.getTracer('t').startSpan('feature', { attributes: FEATURE })
    expect(span.isRecording()).toBe(true)
    expect(span.spanContext().traceFlags & TraceFlags.SAMPLED).toBe(0)
  })
})
