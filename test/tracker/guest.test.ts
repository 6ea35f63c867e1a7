import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type Context,
  context,
  createContextKey,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { ensureContextManager, FeatureSpanProcessor, featureSampler } from '../../src/pipeline/index.js'
import { deriveRecordId } from '../../src/record/index.js'
import { FeatureTracker } from '../../src/tracker/index.js'
import { activeFeature } from '../../src/tracking/index.js'
import { ROOT } from '../support/child.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

ensureContextManager()
afterEach(() => {
  trace.disable()
})

/** A tracker that uses the global provider, as the default one does. */
function tracker(dbPath = tempDatabase()): FeatureTracker {
  const made = new FeatureTracker({ dbPath, anonymize: false }, { usesGlobal: true })
  onTestFinished(() => made.shutdown())
  return made
}

interface Host {
  readonly exporter: InMemorySpanExporter
  readonly provider: BasicTracerProvider
  readonly exported: () => string[]
}

/** An application's provider. */
function host(sampler: Sampler = new AlwaysOnSampler(), more: SpanProcessor[] = []): Host {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(exporter), ...more] })
  trace.setGlobalTracerProvider(provider)
  onTestFinished(() => provider.shutdown())
  return { exporter, provider, exported: () => exporter.getFinishedSpans().map(({ name }) => name) }
}

function applicationsProcessor(dbPath = tempDatabase()): FeatureSpanProcessor {
  const processor = new FeatureSpanProcessor({ dbPath })
  onTestFinished(() => processor.shutdown())
  return processor
}

async function names(of: FeatureTracker): Promise<string[]> {
  return (await of.getAllRecords()).map(({ featureName }) => featureName).toSorted()
}

const UNSAMPLED_REMOTE: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 0,
  isRemote: true,
}

const suppressed = (): Context =>
  ROOT_CONTEXT.setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)

const ratio = (share: number): Sampler => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) })

describe('in a host that has no processor of ours, a call is one row', () => {
  const cases: Record<string, { sampler?: Sampler; around?: Context; exported: string[] }> = {
    'where all is sampled': { exported: ['f', 'g', 'h'] },
    'where nothing is sampled': { sampler: ratio(0), exported: [] },
    'below a remote parent that was not sampled': {
      sampler: ratio(1),
      around: trace.setSpanContext(ROOT_CONTEXT, UNSAMPLED_REMOTE),
      exported: [],
    },
    'where tracing is suppressed': { around: suppressed(), exported: [] },
  }
  it.each(Object.entries(cases))('%s', async (_what, { sampler, around = ROOT_CONTEXT, exported }) => {
    const { exported: spans } = host(sampler)
    const tracking = tracker()
    await context.with(around, async () => {
      tracking.trackFeature('f')(() => 1)()
      await tracking.trackFeature('g')(async () => 1)()
      expect(() =>
        tracking.trackFeature('h', 'other', { metadata: { k: 'v' }, userId: 'ada' })(() => {
          throw new RangeError('no')
        })(),
      ).toThrow('no')
    })
    const records = await tracking.getAllRecords({ status: 'failed' })
    expect(records).toMatchObject([{ featureName: 'h', errorMessage: 'no', metadata: { k: 'v' }, userId: 'ada' }])
    expect(await names(tracking)).toEqual(['f', 'g', 'h'])
    expect(spans()).toEqual(exported)
    expect(tracking.health().events).toEqual({})
  })

  const broken: Record<string, () => Span> = {
    'gives no-op spans': () => trace.wrapSpanContext(INVALID_SPAN_CONTEXT),
    'gives nothing': () => undefined as unknown as Span,
    throws: () => {
      throw new Error('a provider that was shut down')
    },
  }
  it.each(Object.entries(broken))('where the provider %s', async (_what, startSpan) => {
    const provider = { getTracer: () => ({ startSpan }) as unknown as Tracer }
    trace.setGlobalTracerProvider(provider)
    const tracking = tracker()
    const ids = [
      tracking.withFeature({ featureName: 'f', metadata: { k: 1 } }, (feature) => feature.recordId),
      tracking.trackFeature('g')(() => activeFeature())()?.recordId, // asked for after the end
      tracking.startCustomTracking('h'),
    ]
    tracking.completeCustomTracking(ids[2] as string, { status: 'success' })
    const records = await tracking.getAllRecords()
    expect(records.map(({ recordId }) => recordId).toSorted()).toEqual(ids.map(String).toSorted())
    expect(new Set(ids).size).toBe(3)
  })
})

describe('the record of a guest', () => {
  it('has the id of the host’s span, and is the child of none of ours', async () => {
    const { exporter } = host()
    const tracking = tracker()
    tracking.trackFeature('f')(() => 1)()
    tracking.withFeature({ featureName: 'g', metadata: { k: { nested: true } } }, () => 1)
    const records = await tracking.getAllRecords()
    for (const record of records) {
      const span = exporter.getFinishedSpans().find(({ name }) => name === record.featureName)
      const { traceId, spanId } = (span as unknown as Span).spanContext()
      expect(record.recordId).toBe(deriveRecordId(traceId, spanId, Date.parse(record.startTime)))
      expect(span?.attributes['cloudcurio.feature.record_id']).toBe(record.recordId)
    }
    expect(records).toHaveLength(2)
  })

  it('has what the call says of itself, and so has the host’s span', async () => {
    const { exporter } = host()
    const tracking = tracker()
    tracking.withFeature({ featureName: 'f', category: 'sysmon' }, (feature) => {
      feature.setMetadata({ k: 'v' })
      feature.setSizes({ input: 1, output: 2 })
      feature.setStatus('partial', 'half')
    })
    expect(await tracking.getAllRecords()).toMatchObject([
      { metadata: { k: 'v' }, inputSize: 1, outputSize: 2, status: 'partial', errorMessage: 'half' },
    ])
    expect(exporter.getFinishedSpans()[0]?.attributes).toMatchObject({
      'cloudcurio.feature.metadata.k': 'v',
      'cloudcurio.feature.status': 'partial',
      'cloudcurio.feature.input.size': 1,
    })
  })
})

describe('the active span', () => {
  it('is the host’s own span of the call, and the parent of those inside', () => {
    const { exporter } = host()
    const tracking = tracker()
    tracking.trackFeature('outer')(() => {
      trace.getTracer('app').startSpan('inner').end()
    })()
    const [inner, outer] = exporter.getFinishedSpans()
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId)
  })

  it('stays what it was where a sampler leaves the call out of a sampled trace: what is below stays in', () => {
    const dropsFeatures: Sampler = {
      shouldSample: (_context, _id, name) => ({ decision: name === 'feature' ? 0 : 2 }),
      toString: () => 'drops features',
    }
    const { exported } = host(new ParentBasedSampler({ root: dropsFeatures, localParentSampled: dropsFeatures }))
    const tracking = tracker()
    trace.getTracer('app').startActiveSpan('request', (request) => {
      tracking.trackFeature('feature')(() => {
        expect(trace.getActiveSpan()).toBe(request)
        trace.getTracer('app').startSpan('query').end()
        expect(activeFeature()?.featureName).toBe('feature')
      })()
      request.end()
    })
    expect(exported()).toEqual(['query', 'request'])
  })

  it('stays what it was where the provider gives a span without ids', () => {
    host()
    const tracking = tracker()
    const inside = context.with(suppressed(), () => tracking.trackFeature('f')(() => trace.getActiveSpan())())
    expect(inside).toBeUndefined()
  })
})

describe('a host that has our processor', () => {
  it('stores each call once, in the file of that processor', async () => {
    const dbPath = tempDatabase()
    host(new AlwaysOnSampler(), [applicationsProcessor(dbPath)])
    const tracking = new FeatureTracker({}, { usesGlobal: true })
    tracking.trackFeature('f')(() => 1)()
    expect(await names(tracking)).toEqual(['f'])
    expect(tracking.health()).toMatchObject({ dbPath, events: {} })
    await tracking.shutdown()
  })

  it.each([
    ['without our sampler', (inner: Sampler) => inner],
    ['with our sampler', featureSampler],
  ])('stores calls that the host does not sample, %s', async (_what, wrap) => {
    const dbPath = tempDatabase()
    const { exported } = host(wrap(ratio(0)), [applicationsProcessor(dbPath)])
    const tracking = new FeatureTracker({}, { usesGlobal: true })
    tracking.trackFeature('f')(() => 1)()
    context.with(suppressed(), () => tracking.trackFeature('g')(() => 1)())
    expect(await names(tracking)).toEqual(['f', 'g'])
    expect(tracking.health().dbPath).toBe(dbPath)
    expect(exported()).toEqual([])
    await tracking.shutdown()
  })

  it('stores calls once that another processor makes while it is told of a span', async () => {
    const tracking = tracker()
    const inner = tracking.trackFeature('inner')(() => 1)
    let isInside = false
    const curious: SpanProcessor = {
      onStart: () => {
        if (isInside) return
        isInside = true
        trace.getTracer('app').startSpan('its own').end()
        inner()
        isInside = false
      },
      onEnd: () => {},
      forceFlush: async () => {},
      shutdown: async () => {},
    }
    const processor = applicationsProcessor()
    host(new AlwaysOnSampler(), [processor, curious])
    tracking.trackFeature('outer')(() => 1)()
    await processor.forceFlush()
    expect(tracking.health().store).toMatchObject({ stored: 2 })
  })

  it('counts calls as late when that processor was shut down, sampled or not', async () => {
    for (const sampler of [new AlwaysOnSampler(), new AlwaysOffSampler()]) {
      const events = { count: 0 }
      const processor = new FeatureSpanProcessor({
        dbPath: tempDatabase(),
        events: { count: () => events.count++ } as never,
      })
      host(sampler, [processor])
      const tracking = tracker()
      tracking.trackFeature('f')(() => 1)()
      await processor.shutdown()
      tracking.trackFeature('g')(() => 1)()
      expect(events.count).toBe(1)
      trace.disable()
    }
  })
})

describe('a host that has our exporter under the SDK’s processor', () => {
  it.each([0, 1])('stores each call once at a ratio of %s', async (share) => {
    const dbPath = tempDatabase()
    const exporter = new FeatureUsageExporter({ dbPath })
    const batches = new BatchSpanProcessor(exporter)
    host(ratio(share), [batches])
    const tracking = tracker(dbPath)
    for (const name of ['a', 'b', 'c']) tracking.trackFeature(name)(() => 1)()
    await batches.forceFlush()
    expect(await names(tracking)).toEqual(['a', 'b', 'c'])
    await exporter.shutdown()
  })
})

describe('providers come and go', () => {
  it('one that is registered after our first call is not refused, and gets the calls from then on', async () => {
    const tracking = tracker()
    tracking.trackFeature('before')(() => 1)()
    const { exported } = host()
    tracking.trackFeature('after')(() => 1)()
    expect(exported()).toEqual(['after'])
    expect(await names(tracking)).toEqual(['after', 'before'])
  })

  it('one may be replaced, taken away, and shut down', async () => {
    const tracking = tracker()
    const first = host()
    tracking.trackFeature('first')(() => 1)()
    trace.disable()
    const second = host(ratio(0))
    tracking.trackFeature('second')(() => 1)()
    await second.provider.shutdown()
    tracking.trackFeature('third')(() => 1)()
    trace.disable()
    tracking.trackFeature('fourth')(() => 1)()
    expect(first.exported()).toEqual(['first'])
    expect(await names(tracking)).toEqual(['first', 'fourth', 'second', 'third'])
  })

  it('one may get our processor later, through a provider that has it: never two rows', async () => {
    const dbPath = tempDatabase()
    const tracking = tracker(dbPath)
    host()
    tracking.trackFeature('beside')(() => 1)()
    trace.disable()
    host(new AlwaysOnSampler(), [applicationsProcessor(dbPath)])
    for (const name of ['through it', 'again']) tracking.trackFeature(name)(() => 1)()
    expect(await names(tracking)).toEqual(['again', 'beside', 'through it'])
  })

  it('a tracker of somebody’s own does not count as the host’s processor', async () => {
    const own = new FeatureTracker({ dbPath: tempDatabase() })
    onTestFinished(() => own.shutdown())
    own.trackFeature('own')(() => 1)()
    host()
    const tracking = tracker()
    tracking.trackFeature('f')(() => 1)()
    expect([await names(own), await names(tracking)]).toEqual([['own'], ['f']])
  })
})

describe('a provider that is not the SDK’s', () => {
  it('may have spans and ids of its own kind', async () => {
    const ended: string[] = []
    const attributes: Record<string, unknown> = {}
    const span = {
      spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
      isRecording: () => true,
      setAttribute: (key: string, value: unknown) => void (attributes[key] = value),
      setAttributes: (given: object) => void Object.assign(attributes, given),
      end: () => ended.push('f'),
    }
    const provider = { getTracer: () => ({ startSpan: () => span }) } as unknown as TracerProvider
    trace.setGlobalTracerProvider(provider)
    const tracking = tracker()
    tracking.trackFeature('f', 'other', { metadata: { k: 'v' } })(() => 1)()
    const [record] = await tracking.getAllRecords()
    expect(record).toMatchObject({ featureName: 'f', metadata: { k: 'v' } })
    expect(ended).toEqual(['f'])
    expect(attributes).toMatchObject({
      'cloudcurio.feature.metadata.k': 'v',
      'cloudcurio.feature.record_id': record?.recordId,
    })
  })

  it('may put spans around the SDK’s, in whose pipeline our processor is', async () => {
    const dbPath = tempDatabase()
    const processor = applicationsProcessor(dbPath)
    const { provider } = host(new AlwaysOnSampler(), [processor])
    const around = (inner: Span): Span => new Proxy(inner, { get: (target, key) => bound(target, key) })
    trace.disable()
    trace.setGlobalTracerProvider({
      getTracer: (name, version) => {
        const tracer = provider.getTracer(name, version)
        return { ...tracer, startSpan: (...args) => around(tracer.startSpan(...args)) }
      },
    })
    const tracking = tracker(dbPath)
    tracking.trackFeature('f')(() => 1)()
    expect(await names(tracking)).toEqual(['f'])
    expect(tracking.health().store).toMatchObject({ stored: 1 })
  })
})

function bound(target: object, key: string | symbol): unknown {
  const value = Reflect.get(target, key, target) as unknown
  return typeof value === 'function' ? (value.bind(target) as unknown) : value
}

describe('another copy of the API package', () => {
  it('has its provider used and left as it is', async () => {
    const folder = join(tempFolder(), 'api')
    cpSync(join(ROOT, 'node_modules/@opentelemetry/api'), folder, { recursive: true })
    const api = (await import(pathToFileURL(join(folder, 'build/src/index.js')).href)) as {
      trace: typeof trace
    }
    const exporter = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    expect(api.trace).not.toBe(trace)
    expect(api.trace.setGlobalTracerProvider(provider)).toBe(true)
    const tracking = tracker()
    tracking.trackFeature('f')(() => 1)()
    expect(await names(tracking)).toEqual(['f'])
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['f'])
    api.trace.disable()
  })
})
