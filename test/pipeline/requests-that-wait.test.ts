import { SpanKind } from '@opentelemetry/api'
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { EventCounter } from '../../src/health/index.js'
import { FeatureSpanProcessor, type FeatureSpanProcessorOptions } from '../../src/pipeline/index.js'
import { promotionOf } from '../../src/span/index.js'
import { FakeSink } from '../support/fake-sink.js'
import { HTTP, open, type Promoting, promoting, QUERY } from '../support/promoting.js'

const { SERVER, CLIENT, INTERNAL } = SpanKind

const ORDERS = { ...HTTP, 'http.route': '/orders' }

/** What an application does in which requests follow one another, of which all but the first may wait. */
function serve({ tracer }: Promoting): void {
  for (const route of ['/orders', '/users', '/orders']) {
    const request = open(tracer, SERVER, { ...HTTP, 'http.route': route })
    open(tracer, CLIENT, QUERY, request.inside).span.end()
    const late = open(tracer, INTERNAL, {}, request.inside)
    request.span.end()
    open(tracer, CLIENT, QUERY, late.inside).span.end()
    late.span.end()
  }
  const request = open(tracer, SERVER, HTTP)
  open(tracer, SERVER, { 'mcp.method.name': 'tools/list' }, request.inside).span.end()
  request.span.setAttribute('http.route', '/mcp').end()
  open(tracer, SERVER, { ...ORDERS, 'error.type': 'X' }).span.end()
  tracer.startSpan('slow', { kind: SERVER, attributes: ORDERS, startTime: Date.now() - 5000 }).end()
  open(tracer, SERVER, { ...ORDERS, 'cloudcurio.feature.name': 'checkout' }).span.end()
  open(tracer, SERVER, {}).span.end()
  open(tracer, SERVER, ORDERS).span.end()
}

describe('what becomes of a request is decided with its record,', () => {
  it.each<[string, FeatureSpanProcessorOptions]>([
    ['all', {}],
    ['some that are excluded', { exclude: ['GET /users', 'checkout'] }],
    ['failures only', { failuresOnly: true }],
    ['those that took long', { minDuration: 1 }],
    ['what no rule is for', { promote: 'database' }],
    ['one by one', { flushInterval: 1 }],
  ])('which is the same as if it were decided at once: %s', async (_what, options) => {
    const [atOnce, later] = [promoting(options), deciding(options)]
    for (const app of [atOnce, later]) serve(app)
    const expected = (await atOnce.names()).toSorted()
    expect((await later.names()).toSorted()).toEqual(expected)
    expect(expected.length).toBeGreaterThan(0)
  })

  it('or when a processor after ours asks', async () => {
    const heard: (string | undefined)[] = []
    const probe: SpanProcessor = {
      onStart: () => {},
      onEnd: (span) => {
        heard.push(promotionOf(span)?.featureName)
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    }
    const sink = new FakeSink()
    const provider = providerWith([processorOf(sink), probe])
    const tracer = provider.getTracer('app')
    for (const route of ['/a', '/b', '/c']) open(tracer, SERVER, { ...HTTP, 'http.route': route }).span.end()
    open(tracer, SERVER, {}).span.end()
    expect(heard).toEqual(['GET /a', 'GET /b', 'GET /c', undefined])
    await provider.forceFlush()
    expect(namesOf(sink)).toEqual(['GET /a', 'GET /b', 'GET /c'])
  })

  it('by each of two processors for itself', async () => {
    const [one, other] = [new FakeSink(), new FakeSink()]
    const provider = providerWith([
      processorOf(one, { exclude: ['GET /b'] }),
      processorOf(other, { rules: { rules: [{ match: { kind: 'server' }, feature: 'page {http.route}' }] } }),
    ])
    const tracer = provider.getTracer('app')
    for (const route of ['/a', '/b', '/c']) open(tracer, SERVER, { ...HTTP, 'http.route': route }).span.end()
    await provider.forceFlush()
    expect(namesOf(one)).toEqual(['GET /a', 'GET /c'])
    expect(namesOf(other)).toEqual(['page /a', 'page /b', 'page /c'])
  })

  it('unless the requests of its instrumentation are no features', () => {
    const keep = vi.spyOn(FeatureUsageExporter.prototype, 'keepSpan')
    onTestFinished(() => keep.mockRestore())
    const { tracer } = deciding()
    for (let count = 0; count < 3; count++) open(tracer, SERVER, {}).span.end()
    expect(keep).not.toHaveBeenCalled()
    open(tracer, SERVER, ORDERS).span.end()
    open(tracer, SERVER, {}).span.end()
    expect(keep.mock.calls.map(([, promotion]) => typeof promotion)).toEqual(['object', 'function'])
  })

  it('at the shutdown at the latest; what ends after it is counted', async () => {
    const sink = new FakeSink()
    const app = deciding({}, sink)
    for (let count = 0; count < 3; count++) open(app.tracer, SERVER, ORDERS).span.end()
    const { span } = open(app.tracer, SERVER, ORDERS)
    await app.processor.shutdown()
    expect(namesOf(sink)).toEqual(['GET /orders', 'GET /orders', 'GET /orders'])
    span.end()
    app.processor.onEnd(span as unknown as ReadableSpan)
    expect(app.events.counts()).toMatchObject({ late_record: expect.any(Number) })
    expect(namesOf(sink)).toHaveLength(3)
  })

  it('and a span that cannot be read is counted, and takes none along', async () => {
    const sink = new FakeSink()
    const app = deciding({ failuresOnly: true }, sink)
    const failed = { ...ORDERS, 'error.type': 'X' }
    open(app.tracer, SERVER, failed).span.end()
    const { span } = open(app.tracer, SERVER, failed)
    span.end()
    Object.defineProperty(span, 'status', {
      get: () => {
        throw new Error('gone')
      },
    })
    open(app.tracer, SERVER, failed).span.end()
    await app.processor.forceFlush()
    expect(namesOf(sink)).toEqual(['GET /orders', 'GET /orders'])
    expect(app.events.counts()).toEqual({ unmapped_span: 1 })
  })
})

/** An application whose requests may wait: its store takes records one by one. */
function deciding(options: FeatureSpanProcessorOptions = {}, sink = new FakeSink()): Promoting {
  return promoting(options, undefined, 'app', sink)
}

function processorOf(writer: FakeSink, options: FeatureSpanProcessorOptions = {}): FeatureSpanProcessor {
  const events = new EventCounter()
  const exporter = new FeatureUsageExporter({ writer, anonymize: false, events })
  return new FeatureSpanProcessor(exporter, { promote: 'all', events, ...options })
}

function providerWith(spanProcessors: SpanProcessor[]): BasicTracerProvider {
  const provider = new BasicTracerProvider({ spanProcessors })
  onTestFinished(() => provider.shutdown())
  return provider
}

function namesOf(sink: FakeSink): string[] {
  return sink.drafts.map(({ featureName }) => featureName)
}
