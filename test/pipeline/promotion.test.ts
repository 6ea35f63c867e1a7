import {
  type Context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
  TraceFlags,
} from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FeatureTracker } from '../../src/index.js'
import { defineRules, featureSampler, FeatureSpanProcessor } from '../../src/pipeline/index.js'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { FakeExporter } from '../support/fake-exporter.js'
import { FakeWriter } from '../support/fake-writer.js'
import { CHAT, HTTP, open, promoting, QUERY } from '../support/promoting.js'
import { featureSpan, sdkSpan } from '../support/spans.js'

const { INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER } = SpanKind

describe('promotion', () => {
  it('is off unless it is asked for', async () => {
    const exporter = new FakeExporter()
    const processor = new FeatureSpanProcessor(exporter)
    processor.onEnd(sdkSpan({ attributes: { 'mcp.method.name': 'tools/list' } }))
    processor.onEnd(featureSpan({ feature: 'search' }))
    await processor.shutdown()
    expect(exporter.names).toEqual(['search'])
    expect(processor.rules).toBeUndefined()
  })

  it('is one setting away, also by the environment', async () => {
    process.env['FEATURE_TRACKING_PROMOTE'] = 'mcp,database'
    try {
      const app = promoting({ promote: undefined })
      open(app.tracer, CLIENT, QUERY).span.end()
      open(app.tracer, SERVER, HTTP).span.end()
      expect(await app.names()).toEqual(['SELECT orders'])
    } finally {
      delete process.env['FEATURE_TRACKING_PROMOTE']
    }
  })

  it('leaves explicit features what they are', async () => {
    const app = promoting()
    open(app.tracer, SERVER, { ...HTTP, 'cloudcurio.feature.name': 'checkout' }).span.end()
    const [record] = await app.records()
    expect(record).toMatchObject({ featureName: 'checkout', category: 'other', metadata: {} })
  })

  it('heeds exclude, minDuration, failuresOnly and enabled', async () => {
    const run = async (options: Parameters<typeof promoting>[0]) => {
      const app = promoting(options)
      open(app.tracer, CLIENT, QUERY).span.end()
      app.tracer.startSpan('slow', { kind: CLIENT, attributes: CHAT, startTime: Date.now() - 5000 }).end()
      open(app.tracer, SERVER, { ...HTTP, 'error.type': 'X' }).span.end()
      return app.names()
    }
    expect(await run({ exclude: ['SELECT *'] })).toEqual(['chat m', 'GET'])
    expect(await run({ minDuration: 1 })).toEqual(['chat m'])
    expect(await run({ failuresOnly: true })).toEqual(['GET'])
    expect(await run({ enabled: false })).toEqual([])
  })

  it('hands other exporters the spans, and ours makes records of them', async () => {
    const exporter = new FakeExporter()
    const processor = new FeatureSpanProcessor(exporter, { promote: 'database' })
    const span = sdkSpan({ name: 'q', attributes: { 'db.system': 'mysql', 'db.operation': 'SELECT' } })
    processor.onEnd(span)
    await processor.shutdown()
    expect(exporter.batches.flat().map(({ name }) => name)).toEqual(['q'])
  })
})

describe('a promoted span inside another', () => {
  it('names its parent feature, whatever lies between', async () => {
    const app = promoting()
    const request = open(app.tracer, SERVER, { ...HTTP, 'http.route': '/orders' })
    const middleware = open(app.tracer, INTERNAL, { 'express.type': 'middleware' }, request.inside)
    middleware.span.end()
    const handler = open(app.tracer, INTERNAL, {}, middleware.inside)
    open(app.tracer, CLIENT, QUERY, handler.inside).span.end()
    handler.span.end()
    request.span.end()
    open(app.tracer, CLIENT, QUERY, handler.inside).span.end()
    expect(await app.names()).toEqual(['SELECT orders < GET /orders', 'GET /orders', 'SELECT orders < GET /orders'])
  })

  it('knows the route that a framework told, before the request’s own span does', async () => {
    const app = promoting()
    const request = open(app.tracer, SERVER, HTTP)
    const told: { span: object; route?: string } = { span: request.span }
    const inside = request.inside.setValue(createContextKey('OpenTelemetry SDK Context Key RPC_METADATA'), told)
    const query = open(app.tracer, CLIENT, QUERY, inside)
    told.route = '/users/:id'
    query.span.end()
    request.span.end()
    expect(await app.names()).toEqual(['SELECT orders < GET /users/:id', 'GET'])
  })

  it('is no record of its own where both are one operation', async () => {
    const app = promoting()
    const chat = open(app.tracer, INTERNAL, CHAT)
    const again = open(app.tracer, CLIENT, { 'gen_ai.system': 'x', 'gen_ai.request.model': 'other' }, chat.inside)
    open(app.tracer, CLIENT, { ...HTTP, 'server.address': 'api' }, again.inside).span.end()
    again.span.end()
    open(app.tracer, CLIENT, QUERY, again.inside).span.end()
    chat.span.end()
    const orm = open(app.tracer, CLIENT, { 'db.system': 'mysql', 'db.operation': 'findMany', 'db.sql.table': 'users' })
    open(app.tracer, CLIENT, QUERY, orm.inside).span.end()
    orm.span.end()
    expect(await app.names()).toEqual(['SELECT orders < chat m', 'chat m', 'findMany users'])
  })

  it('counts where it only looks alike', async () => {
    const app = promoting()
    const request = open(app.tracer, SERVER, { ...HTTP, 'http.route': '/mcp' })
    const tool = open(
      app.tracer,
      SERVER,
      { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'buy' },
      request.inside,
    )
    const send = open(
      app.tracer,
      PRODUCER,
      { 'messaging.system': 'kafka', 'messaging.destination.name': 'q' },
      tool.inside,
    )
    open(
      app.tracer,
      CONSUMER,
      { 'messaging.system': 'kafka', 'messaging.destination.name': 'q' },
      send.inside,
    ).span.end()
    for (const { span } of [send, tool, request]) span.end()
    expect(await app.names()).toEqual([
      'receive q < send q',
      'send q < tools/call buy',
      'tools/call buy < GET /mcp',
      'GET /mcp',
    ])
  })

  it('counts once where client and server are one process', async () => {
    const app = promoting()
    const call = { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'buy' }
    const client = open(app.tracer, CLIENT, call)
    const told = { ...client.span.spanContext(), isRemote: true }
    const server = open(app.tracer, SERVER, call, trace.setSpanContext(ROOT_CONTEXT, told))
    open(app.tracer, CLIENT, QUERY, server.inside).span.end()
    server.span.end()
    client.span.end()
    expect(await app.names()).toEqual(['SELECT orders < tools/call buy', 'tools/call buy'])
  })

  it('has no parent where that is in another process, or is excluded', async () => {
    const app = promoting({ exclude: ['GET /secret'] })
    const remote = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED, isRemote: true }
    open(app.tracer, SERVER, HTTP, trace.setSpanContext(ROOT_CONTEXT, remote)).span.end()
    const request = open(app.tracer, SERVER, { ...HTTP, 'http.route': '/secret' })
    open(app.tracer, CLIENT, QUERY, request.inside).span.end()
    request.span.end()
    expect(await app.names()).toEqual(['GET', 'SELECT orders'])
  })

  it('names an explicit feature, and is a part of one with its very name', async () => {
    const app = promoting()
    const feature = open(app.tracer, INTERNAL, { 'cloudcurio.feature.name': 'checkout' })
    open(app.tracer, CLIENT, QUERY, feature.inside).span.end()
    feature.span.end()
    const same = open(app.tracer, INTERNAL, { 'cloudcurio.feature.name': 'chat m' })
    open(app.tracer, CLIENT, CHAT, same.inside).span.end()
    same.span.end()
    expect(await app.names()).toEqual(['SELECT orders < checkout', 'checkout', 'chat m'])
  })

  it('counts as the rule says', async () => {
    const rule = (nested: 'count' | 'parent', feature: string) => ({
      match: { name: 'span', attributes: { [nested]: true } },
      feature,
      nested,
    })
    const app = promoting({ rules: defineRules([rule('count', 'same'), rule('parent', 'quiet')]) })
    const outer = open(app.tracer, INTERNAL, { count: true })
    open(app.tracer, INTERNAL, { count: true }, outer.inside).span.end()
    open(app.tracer, INTERNAL, { parent: true }, outer.inside).span.end()
    outer.span.end()
    open(app.tracer, INTERNAL, { parent: true }).span.end()
    expect(await app.names()).toEqual(['same < same', 'same', 'quiet'])
  })

  it('is found by its id where the host puts spans of its own around those of its SDK', async () => {
    const app = promoting()
    const inWrapping = ({ span }: { readonly span: Span }, around = ROOT_CONTEXT): Context => {
      const wrapping = { spanContext: () => span.spanContext(), isRecording: () => span.isRecording() }
      return trace.setSpan(around, wrapping as unknown as Span)
    }
    const request = (): void => {
      const outer = open(app.tracer, SERVER, { ...HTTP, 'http.route': '/orders' })
      const handler = open(app.tracer, INTERNAL, {}, inWrapping(outer))
      open(app.tracer, CLIENT, QUERY, inWrapping(handler)).span.end()
      handler.span.end()
      outer.span.end()
    }
    // That the host is such a one shows with the first of its spans.
    request()
    request()
    expect((await app.names()).slice(2)).toEqual(['SELECT orders < GET /orders', 'GET /orders'])
  })

  it('is found by its id where other spans come to their end than began', async () => {
    const app = promoting()
    const copies = {
      onStart: app.processor.onStart.bind(app.processor),
      onEnd: (span: ReadableSpan) => {
        app.processor.onEnd(Object.create(span) as ReadableSpan)
      },
      forceFlush: () => app.processor.forceFlush(),
      shutdown: () => app.processor.shutdown(),
    }
    const tracer = new BasicTracerProvider({ spanProcessors: [copies] }).getTracer('app')
    const request = (): void => {
      const outer = open(tracer, SERVER, { ...HTTP, 'http.route': '/orders' })
      const handler = open(tracer, INTERNAL, {}, outer.inside)
      open(tracer, INTERNAL, CHAT, handler.inside).span.end()
      handler.span.end()
      outer.span.end()
    }
    request()
    request()
    expect((await app.names()).slice(2)).toEqual(['chat m < GET /orders', 'GET /orders'])
  })

  it('is known to each of several processors', async () => {
    const writers = [new FakeWriter(), new FakeWriter()]
    const processors = writers.map(
      (writer) => new FeatureSpanProcessor(new FeatureUsageExporter({ writer, anonymize: false }), { promote: 'all' }),
    )
    const provider = new BasicTracerProvider({ spanProcessors: processors })
    const tracer = provider.getTracer('app')
    const request = open(tracer, SERVER, { ...HTTP, 'http.route': '/orders' })
    Object.freeze(request.span)
    open(tracer, CLIENT, QUERY, request.inside).span.end()
    await provider.forceFlush()
    for (const { records } of writers)
      expect(records[0]).toMatchObject({ featureName: 'SELECT orders', metadata: { parent_feature: 'GET /orders' } })
    await provider.shutdown()
  })

  it('keeps nothing of a chain of spans that follow from one another', async () => {
    const app = promoting()
    let around = ROOT_CONTEXT
    for (let index = 0; index < 20_000; index++) {
      const { span, inside } = open(app.tracer, INTERNAL, index % 2 === 0 ? {} : CHAT, around)
      span.end()
      around = inside
    }
    open(app.tracer, CLIENT, QUERY, around).span.end()
    const names = await app.names()
    expect(names.at(-1)).toBe('SELECT orders < chat m')
    expect(app.events.counts()).toEqual({})
  })
})

describe('rules of one’s own', () => {
  it('come before the built-in ones, the first that matches counts, and ignored spans are left alone', async () => {
    const rules = defineRules([
      { match: { kind: 'server', attributes: { 'http.route': '/health*' } }, ignore: true },
      {
        match: { kind: 'server', attributes: { 'http.route': '/api/*' } },
        feature: 'api {http.route}',
        category: 'config_editor',
      },
      { match: { kind: 'server', attributes: { 'http.route': '/api/x' } }, feature: 'never' },
    ])
    const app = promoting({ rules })
    for (const route of ['/health/live', '/api/x', '/other'])
      open(app.tracer, SERVER, { ...HTTP, 'http.route': route }).span.end()
    expect(await app.names()).toEqual(['api /api/x', 'GET /other'])
  })

  it('say sizes, status, user, rounds and metadata', async () => {
    const rules = defineRules([
      {
        match: { scope: 'jobs', name: ['job *'] },
        feature: 'job {job.kind|job.type} {absent}',
        inputSize: ['job.in', 'job.bytes'],
        outputSize: 7,
        iterations: 'job.rounds',
        status: { attribute: 'job.outcome', values: { 'gave up*': 'partial', '*': 'failed' } },
        user: 'job.owner',
        metadata: ['job.*', 'url.path'],
      },
    ])
    const app = promoting({ rules, promote: 'off' }, undefined, 'jobs')
    const attributes = {
      'job.type': 'mail',
      'job.bytes': 12,
      'job.rounds': 3,
      'job.outcome': 'gave up early',
      'job.owner': 'ada',
      'url.path': '/x',
      'gen_ai.prompt': 'secret',
    }
    app.tracer.startSpan('job 7', { attributes }).end()
    app.provider.getTracer('other').startSpan('job 7', { attributes }).end()
    const records = await app.records()
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({
      featureName: 'job mail',
      category: 'other',
      status: 'partial',
      inputSize: 12,
      outputSize: 7,
      iterations: 3,
      userId: 'ada',
      metadata: { 'job.type': 'mail', 'job.owner': 'ada', 'url.path': '/x', 'otel.scope.name': 'jobs' },
    })
  })

  it('that are bad throw where they are given in code', () => {
    expect(() => new FeatureTracker({ rules: { rules: [{}] } })).toThrow(/rules, rule 1, match: it is missing/)
    expect(() => promoting({ rules: { rules: [{ match: {}, feature: '' }] } })).toThrow(
      /rules, rule 1, match: .*\n.*rule 1, feature/,
    )
  })
})

describe('featureSampler', () => {
  beforeEach(() => {
    process.env['FEATURE_TRACKING_PROMOTE'] = 'all'
  })
  afterEach(() => {
    delete process.env['FEATURE_TRACKING_PROMOTE']
  })

  it('keeps spans that rules may promote, and those between them, from being lost', async () => {
    const app = promoting({}, featureSampler(new ParentBasedSampler({ root: new AlwaysOffSampler() })))
    expect(open(app.tracer, INTERNAL, {}).span.isRecording()).toBe(false)
    const request = open(app.tracer, SERVER, { ...HTTP, 'http.route': '/orders' })
    const between = open(app.tracer, INTERNAL, {}, request.inside)
    open(app.tracer, CLIENT, QUERY, between.inside).span.end()
    between.span.end()
    request.span.end()
    expect(request.span.spanContext().traceFlags & TraceFlags.SAMPLED).toBe(0)
    expect(await app.names()).toEqual(['SELECT orders < GET /orders', 'GET /orders'])
  })

  it('counts what is not known at the start as possible', () => {
    const rules = defineRules([
      { match: { kind: 'internal', name: 'job *', attributes: { outcome: 'done' } }, feature: 'job' },
    ])
    const sampler = featureSampler(new AlwaysOffSampler(), { promote: 'off', rules })
    const decision = (name: string, kind: SpanKind, attributes = {}) =>
      sampler.shouldSample(ROOT_CONTEXT, '1'.repeat(32), name, kind, attributes, []).decision
    expect(decision('job 1', INTERNAL)).toBe(1)
    expect(decision('job 1', INTERNAL, { outcome: 'open' })).toBe(0)
    expect(decision('mail', INTERNAL)).toBe(0)
    expect(decision('job 1', CLIENT)).toBe(0)
  })
})
