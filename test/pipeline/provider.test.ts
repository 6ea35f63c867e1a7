import { context, type Context, ROOT_CONTEXT, type Span, trace, TraceFlags } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FeatureTracerProvider } from '../../src/pipeline/index.js'
import { SCOPE_NAME } from '../../src/span/index.js'

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
afterAll(() => {
  context.disable()
})

class Notes implements SpanProcessor {
  readonly said: string[] = []
  readonly parents: Context[] = []

  onStart(span: { name: string }, parent: Context): void {
    this.said.push(`start ${span.name}`)
    this.parents.push(parent)
  }
  onEnd(span: ReadableSpan): void {
    this.said.push(`end ${span.name}`)
  }
  async forceFlush(): Promise<void> {
    this.said.push('flush')
  }
  async shutdown(): Promise<void> {
    this.said.push('shutdown')
  }
}

const readable = (span: Span) => span as unknown as ReadableSpan

describe('FeatureTracerProvider', () => {
  it('tells each processor of start and end, with the parent context', () => {
    const [one, two] = [new Notes(), new Notes()]
    const tracer = new FeatureTracerProvider([one, two]).getTracer(SCOPE_NAME)
    const parent = ROOT_CONTEXT.setValue(Symbol('k'), 1)
    tracer.startSpan('a', {}, parent).end()
    expect(one.said).toEqual(['start a', 'end a'])
    expect(two.said).toEqual(one.said)
    expect(one.parents).toEqual([parent])
  })

  it('gives spans ids of the right form, distinct, and valid', () => {
    const tracer = new FeatureTracerProvider([]).getTracer(SCOPE_NAME)
    const contexts = Array.from({ length: 10_000 }, () => tracer.startSpan('a', { root: true }).spanContext())
    for (const spanContext of contexts) {
      expect(trace.isSpanContextValid(spanContext)).toBe(true)
      expect(spanContext.traceFlags).toBe(TraceFlags.SAMPLED)
    }
    expect(new Set(contexts.map(({ traceId }) => traceId)).size).toBe(10_000)
    expect(new Set(contexts.map(({ spanId }) => spanId)).size).toBe(10_000)
  })

  it('gives a span the same ids whenever it is asked', () => {
    const span = new FeatureTracerProvider([]).getTracer(SCOPE_NAME).startSpan('a')
    const { traceId, spanId } = span.spanContext()
    span.end()
    expect(span.spanContext()).toMatchObject({ traceId, spanId })
  })

  it('makes children of feature spans and of spans of the SDK, both ways, in one trace', () => {
    const provider = new FeatureTracerProvider([])
    const [feature, other] = [provider.getTracer(SCOPE_NAME), provider.getTracer('http')]
    for (const [outer, inner] of [
      [feature, other],
      [other, feature],
      [feature, feature],
    ] as const)
      outer.startActiveSpan('outer', (parent) => {
        const child = readable(inner.startSpan('inner'))
        expect(child.parentSpanContext?.spanId).toBe(parent.spanContext().spanId)
        expect(child.spanContext().traceId).toBe(parent.spanContext().traceId)
        expect(child.spanContext().spanId).not.toBe(parent.spanContext().spanId)
        expect(readable(inner.startSpan('root', { root: true })).parentSpanContext).toBeUndefined()
      })
  })

  it('an unsampled parent has unsampled children, that are recorded all the same', () => {
    const parent = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: TraceFlags.NONE,
    })
    const span = new FeatureTracerProvider([]).getTracer(SCOPE_NAME).startSpan('a', {}, parent)
    expect(span.spanContext().traceFlags).toBe(TraceFlags.NONE)
    expect(span.isRecording()).toBe(true)
  })

  it('runs active spans in every form of the call, and gives back what they give', () => {
    const tracer = new FeatureTracerProvider([]).getTracer(SCOPE_NAME)
    const parent = ROOT_CONTEXT
    expect(tracer.startActiveSpan('a', (span) => trace.getActiveSpan() === span)).toBe(true)
    expect(tracer.startActiveSpan('a', { attributes: { k: 1 } }, (span) => readable(span).attributes['k'])).toBe(1)
    expect(tracer.startActiveSpan('a', {}, parent, (span) => readable(span).parentSpanContext)).toBeUndefined()
    expect(() =>
      tracer.startActiveSpan('a', () => {
        throw new Error('theirs')
      }),
    ).toThrow('theirs')
    expect(trace.getActiveSpan()).toBeUndefined()
  })

  it('reads the resource from the standard variables', () => {
    process.env['OTEL_SERVICE_NAME'] = 'shop'
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'deployment.environment=test'
    try {
      const provider = new FeatureTracerProvider([], '1.2.3')
      for (const tracer of [provider.getTracer(SCOPE_NAME), provider.getTracer('http')])
        expect(readable(tracer.startSpan('a')).resource.attributes).toMatchObject({
          'service.name': 'shop',
          'deployment.environment': 'test',
        })
      expect(readable(provider.getTracer(SCOPE_NAME).startSpan('a')).instrumentationScope).toEqual({
        name: SCOPE_NAME,
        version: '1.2.3',
      })
    } finally {
      delete process.env['OTEL_SERVICE_NAME']
      delete process.env['OTEL_RESOURCE_ATTRIBUTES']
    }
  })

  it('flushes and shuts down its processors', async () => {
    const [one, two] = [new Notes(), new Notes()]
    const provider = new FeatureTracerProvider([one, two])
    await provider.forceFlush()
    await provider.shutdown()
    for (const { said } of [one, two]) expect(said).toEqual(['flush', 'shutdown'])
  })
})

describe('the times of a feature span', () => {
  const tracer = new FeatureTracerProvider([]).getTracer(SCOPE_NAME)
  const millis = ([seconds, nanos]: [number, number]) => seconds * 1000 + nanos / 1e6

  it('are those of the wall clock, and the duration lies between them', () => {
    const before = Date.now()
    const span = readable(tracer.startSpan('a'))
    ;(span as unknown as Span).end()
    const after = Date.now()
    // The clock's fine digits may run 2 ms ahead of or behind Date.now().
    expect(millis(span.startTime)).toBeGreaterThanOrEqual(before - 2)
    expect(millis(span.endTime)).toBeLessThanOrEqual(after + 3)
    expect(millis(span.duration)).toBeGreaterThanOrEqual(0)
    expect(millis(span.endTime) - millis(span.startTime)).toBeCloseTo(millis(span.duration), 2)
  })

  it('of a span that began before, as its start says, end now', () => {
    const hourAgo = Date.now() - 3_600_000
    const span = tracer.startSpan('a', { startTime: hourAgo })
    span.addEvent('now')
    span.end()
    const { duration, events } = readable(span)
    expect(millis(duration)).toBeGreaterThanOrEqual(3_600_000 - 5)
    expect(millis(events[0]?.time as [number, number])).toBeGreaterThanOrEqual(hourAgo + 3_600_000 - 5)
  })
})
