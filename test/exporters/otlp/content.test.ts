import { ROOT_CONTEXT as ROOT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { FeatureTracker, type FeatureTrackerOptions } from '../../../src/index.js'
import { FeatureSpanProcessor, FeatureTracerProvider, otlpProcessor } from '../../../src/pipeline/index.js'
import { resolveSettings, type SettingOptions } from '../../../src/config/index.js'
import { EventCounter } from '../../../src/health/index.js'
import { decodeOtlp, type DecodedSpan } from '../../support/otlp-decoder.js'
import { otlpReceiver, type Receiver } from '../../support/otlp-receiver.js'
import { tempDatabase } from '../../support/temp.js'

const PSEUDONYM = expect.stringMatching(/^[0-9a-f]{64}$/) as string

async function receiving(variables: Readonly<Record<string, string>> = {}): Promise<Receiver> {
  const receiver = await otlpReceiver()
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_SERVICE_NAME: 'shop', ...variables }
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  return receiver
}

function tracker(options: FeatureTrackerOptions = {}): FeatureTracker {
  return new FeatureTracker({ dbPath: tempDatabase(), exitTimeout: 20, ...options })
}

/** Spans of other instrumentation, in a provider of ours that sends over OTLP. */
function provider(options: SettingOptions = {}): FeatureTracerProvider {
  const settings = resolveSettings({ dbPath: tempDatabase(), ...options }, {})
  const processor = otlpProcessor(settings, new EventCounter(), 20)
  if (processor === undefined) throw new Error('the variables name no endpoint')
  return new FeatureTracerProvider([processor])
}

const named = (spans: readonly DecodedSpan[], name: string) => spans.find((span) => span.name === name) as DecodedSpan

describe('what a receiver of OTLP gets', () => {
  it.each(['http/protobuf', 'http/json'])('has all that Jaeger and TraceQL ask for: %s', async (protocol) => {
    const { received } = await receiving({ OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
    const own = provider()
    const tracer = own.getTracer('http')
    tracer.startActiveSpan(
      'GET /users/:id',
      { kind: SpanKind.SERVER, attributes: { 'http.route': '/users/:id' } },
      (span) => {
        const query = tracer.startSpan('SELECT users', { kind: SpanKind.CLIENT }, trace.setSpan(ROOT, span))
        query.recordException(new RangeError('no such table'))
        query.setStatus({ code: SpanStatusCode.ERROR, message: 'no such table' })
        query.end()
        span.setAttributes({ 'http.response.status_code': 500, ratio: 0.5, ok: false, list: ['a', 'b'] })
        span.end()
      },
    )
    await own.shutdown()

    const spans = received.flatMap(decodeOtlp)
    const [server, query] = [named(spans, 'GET /users/:id'), named(spans, 'SELECT users')]
    expect(server).toMatchObject({
      resource: { 'service.name': 'shop', 'telemetry.sdk.language': 'nodejs' },
      scope: 'http',
      kind: 2,
      parentSpanId: '',
      status: { code: 0, message: '' },
      attributes: {
        'http.route': '/users/:id',
        'http.response.status_code': 500,
        ratio: 0.5,
        ok: false,
        list: ['a', 'b'],
      },
    })
    expect(query).toMatchObject({
      kind: 3,
      traceId: server.traceId,
      parentSpanId: server.spanId,
      status: { code: 2, message: 'no such table' },
      events: [
        { name: 'exception', attributes: { 'exception.type': 'RangeError', 'exception.message': 'no such table' } },
      ],
    })
    expect(server.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(server.endNanos >= server.startNanos && server.startNanos > 1_700_000_000_000_000_000n).toBe(true)
  })

  it.each(['http/protobuf', 'http/json'])(
    'has features with their outcome, parents and pseudonyms: %s',
    async (protocol) => {
      const { received } = await receiving({ OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
      const own = tracker()
      const inner = own.trackFeature({ featureName: 'charge', category: 'other', userId: 'zoe' })(() => {
        throw new TypeError('zoe has no card')
      })
      const outer = own.trackFeature({ featureName: 'order', category: 'web_interface', metadata: { plan: 'free' } })(
        () => {
          expect(() => inner()).toThrow('zoe has no card')
        },
      )
      outer()
      await own.shutdown()

      const spans = received.flatMap(decodeOtlp)
      expect(named(spans, 'charge')).toMatchObject({
        scope: '@cloudcurio/feature-tracking',
        kind: 1,
        parentSpanId: named(spans, 'order').spanId,
        status: { code: 2, message: expect.stringMatching(/^[0-9a-f]{64} has no card$/) as string },
        attributes: {
          'cloudcurio.feature.name': 'charge',
          'cloudcurio.feature.status': 'failed',
          'error.type': 'TypeError',
          'user.hash': PSEUDONYM,
        },
      })
      expect(named(spans, 'order').attributes).toMatchObject({
        'cloudcurio.feature.category': 'web_interface',
        'cloudcurio.feature.metadata.plan': 'free',
        'cloudcurio.feature.iterations': 1,
      })
      expect(Buffer.concat(received.map(({ body }) => body)).toString('latin1')).not.toMatch(/zoe/)
    },
  )

  it('names no user in clear, whoever made the span', async () => {
    const { received } = await receiving()
    const own = provider()
    const attributes = {
      'user.id': 'zoe',
      'user.email': 'zoe@example.org',
      'cloudcurio.feature.metadata.customer_id': 'c-17',
      'url.path': '/of/zoe',
    }
    const span = own.getTracer('foreign').startSpan('login', { attributes })
    span.recordException(new Error('zoe is locked'))
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'zoe is locked' })
    span.end()
    own
      .getTracer('foreign')
      .startSpan('plain', { attributes: { 'enduser.id': 'bob' } })
      .end()
    await own.shutdown()
    const text = Buffer.concat(received.map(({ body }) => body)).toString('latin1')
    for (const clear of ['zoe', 'c-17', 'bob']) expect(text).not.toContain(clear)
    const [login, plain] = received.flatMap(decodeOtlp)
    expect(login?.attributes).toEqual({
      'user.hash': PSEUDONYM,
      'user.email': PSEUDONYM,
      'cloudcurio.feature.metadata.customer_id': PSEUDONYM,
      'url.path': expect.stringMatching(/^\/of\/[0-9a-f]{64}$/) as string,
    })
    expect(plain?.attributes).toEqual({ 'user.hash': PSEUDONYM })
  })

  it('names them where anonymisation is off', async () => {
    const { received } = await receiving()
    const own = provider({ anonymize: false })
    own
      .getTracer('foreign')
      .startSpan('login', { attributes: { 'user.id': 'zoe' } })
      .end()
    await own.shutdown()
    expect(received.flatMap(decodeOtlp)[0]?.attributes).toEqual({ 'user.id': 'zoe' })
  })
})

describe('what goes over OTLP', () => {
  const make = (own: FeatureTracerProvider): void => {
    const tracer = own.getTracer('any')
    const feature = (name: string, failed: boolean): void => {
      const span = tracer.startSpan(name, { attributes: { 'cloudcurio.feature.name': name } })
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    }
    feature('good', false)
    feature('bad', true)
    feature('secret', true)
    tracer.startSpan('plain').end()
  }

  it.each([
    [{}, ['bad', 'good', 'plain', 'secret']],
    [{ otlp: 'all', exclude: ['sec*'], failuresOnly: true }, ['bad', 'good', 'plain']],
    [{ otlp: 'features' }, ['bad', 'good', 'secret']],
    [{ otlp: 'features', exclude: ['sec*'], failuresOnly: true }, ['bad']],
    [{ otlp: 'features', minDuration: 60 }, []],
  ] as const)('is with %j: %j', async (options, names) => {
    const { received } = await receiving()
    const own = provider(options)
    make(own)
    await own.shutdown()
    expect(
      received
        .flatMap(decodeOtlp)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(names)
  })

  it('is each request that is promoted, where only features go', async () => {
    const { received } = await receiving()
    const settings = resolveSettings({ dbPath: tempDatabase(), otlp: 'features' }, {})
    const storing = new FeatureSpanProcessor({ dbPath: settings.dbPath, promote: 'http', exclude: ['GET /private'] })
    const own = new FeatureTracerProvider([storing, otlpProcessor(settings, new EventCounter(), 20) as SpanProcessor])
    const tracer = own.getTracer('http')
    for (const route of ['/a', '/b', '/private', '/c', undefined]) {
      const attributes = route === undefined ? {} : { 'http.request.method': 'GET', 'http.route': route }
      tracer.startSpan(`GET ${route}`, { kind: SpanKind.SERVER, attributes }, ROOT).end()
    }
    await own.shutdown()
    expect(received.flatMap(decodeOtlp).map(({ name }) => name)).toEqual(['GET /a', 'GET /b', 'GET /c'])
  })

  it('is nothing with off', async () => {
    await receiving()
    expect(otlpProcessor(resolveSettings({ otlp: 'off' }, {}), new EventCounter())).toBeUndefined()
  })
})
