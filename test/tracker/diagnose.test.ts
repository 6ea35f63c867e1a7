import { context, trace, type TracerProvider } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { ensureContextManager, FeatureSpanProcessor, featureSampler } from '../../src/pipeline/index.js'
import { FeatureTracker, type HostDiagnosis } from '../../src/tracker/index.js'
import { tempDatabase } from '../support/temp.js'

beforeEach(() => {
  ensureContextManager()
})
afterEach(() => {
  trace.disable()
  vi.unstubAllEnvs()
})

function tracker(options = {}, usesGlobal = true): FeatureTracker {
  const made = new FeatureTracker({ dbPath: tempDatabase(), ...options }, { usesGlobal })
  onTestFinished(() => made.shutdown())
  return made
}

const codes = ({ findings }: HostDiagnosis): string[] => findings.map(({ code }) => code)

describe('diagnose', () => {
  it('opens no file, and says what an application without a provider has', () => {
    const diagnosis = tracker().diagnose()
    expect(diagnosis).toMatchObject({ host: 'no_provider', attached: { processors: [], contextsWork: true } })
    expect(codes(diagnosis)).toEqual(['no_provider'])
    expect(diagnosis.summary).toContain('no OpenTelemetry provider')
  })

  it('still says so after the first call, when the provider is our own', async () => {
    const tracking = tracker()
    tracking.trackFeature('f')(() => 1)()
    expect(tracking.diagnose()).toMatchObject({ host: 'no_provider', attached: { provider: undefined } })
    await tracking.flush()
  })

  it('knows OTEL_SDK_DISABLED, with which calls are stored and no provider is offered', async () => {
    vi.stubEnv('OTEL_SDK_DISABLED', 'true')
    const tracking = tracker()
    tracking.trackFeature('f')(() => {
      trace.getTracer('app').startSpan('other').end()
    })()
    expect(tracking.diagnose().host).toBe('sdk_disabled')
    expect((await tracking.getAllRecords()).map(({ featureName }) => featureName)).toEqual(['f'])
    expect(trace.getTracer('app').startSpan('other').isRecording()).toBe(false)
  })

  it('shows the parts of a provider that never heard of us', () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:secret@collector:4318/?key=secret')
    const exporter = new OTLPTraceExporter({ url: 'http://127.0.0.1:4318/v1/traces?token=secret' })
    const provider = new BasicTracerProvider({
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.25) }),
      spanProcessors: [new BatchSpanProcessor(exporter), new SimpleSpanProcessor(new InMemorySpanExporter())],
    })
    onTestFinished(() => provider.shutdown())
    trace.setGlobalTracerProvider(provider)
    const diagnosis = tracker().diagnose()
    expect(diagnosis).toMatchObject({
      host: 'guest',
      attached: {
        provider: 'BasicTracerProvider',
        processors: ['BatchSpanProcessor', 'SimpleSpanProcessor'],
        exporters: ['OTLPTraceExporter', 'InMemorySpanExporter'],
        endpoints: ['http://127.0.0.1:4318/v1/traces', 'http://collector:4318/'],
        apiVersion: '1.9.1',
      },
    })
    expect(diagnosis.attached.sampler).toContain('TraceIdRatioBased{0.25}')
    expect(JSON.stringify(diagnosis)).not.toContain('secret')
    expect(codes(diagnosis)).toEqual(['guest'])
  })

  it('sees our processor and sampler in a host that cooperates', () => {
    const processor = new FeatureSpanProcessor({ dbPath: tempDatabase() })
    onTestFinished(() => processor.shutdown())
    const host = (sampler: ParentBasedSampler | ReturnType<typeof featureSampler>) => {
      trace.disable()
      trace.setGlobalTracerProvider(new BasicTracerProvider({ sampler, spanProcessors: [processor] }))
      return tracker().diagnose()
    }
    const ratio = new TraceIdRatioBasedSampler(0.1)
    expect(codes(host(new ParentBasedSampler({ root: ratio })))).toEqual(['cooperating', 'features_not_sampled'])
    expect(codes(host(featureSampler(ratio)))).toEqual(['cooperating'])
  })

  it('names a processor that was shut down, one that is elsewhere, and an exporter alone', async () => {
    const stopped = new FeatureSpanProcessor({ dbPath: tempDatabase() })
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [stopped] }))
    await stopped.shutdown()
    expect(codes(tracker().diagnose())).toEqual(['processor_stopped', 'cooperating'])
    trace.disable()

    trace.setGlobalTracerProvider(new BasicTracerProvider())
    const elsewhere = new FeatureSpanProcessor({ dbPath: tempDatabase() })
    expect(codes(tracker().diagnose())).toEqual(['processor_elsewhere', 'cooperating'])
    await elsewhere.shutdown()

    const exporter = new FeatureUsageExporter({ dbPath: tempDatabase() })
    expect(codes(tracker().diagnose())).toEqual(['exporter_only', 'cooperating'])
    await exporter.shutdown()
    expect(codes(tracker().diagnose())).toEqual(['guest'])
  })

  it('says that contexts do not work', () => {
    context.disable()
    trace.setGlobalTracerProvider(new BasicTracerProvider({ sampler: new AlwaysOnSampler() }))
    const diagnosis = tracker().diagnose()
    expect(codes(diagnosis)).toEqual(['context_lost', 'guest'])
    expect(diagnosis.findings[0]?.remedy).toContain('AsyncLocalStorageContextManager')
    expect(diagnosis.attached.contextsWork).toBe(false)
  })

  it('is not misled by a provider that shows nothing, and runs none of its getters', () => {
    const provider = {
      getTracer: () => {
        throw new Error('no')
      },
      get processors(): never {
        throw new Error('a getter ran')
      },
      own: new Proxy({}, { ownKeys: () => ['x'] }),
    } as unknown as TracerProvider
    trace.setGlobalTracerProvider(provider)
    expect(tracker().diagnose()).toMatchObject({ host: 'guest', attached: { processors: [], sampler: undefined } })
  })

  it('says that tracking is off, that a tracker is separate, and what went wrong', () => {
    expect(codes(tracker({ enabled: false }).diagnose())).toEqual(['tracking_off', 'no_provider'])
    const separate = tracker({}, false)
    separate.completeCustomTracking('unknown', { status: 'success' })
    expect(codes(separate.diagnose())).toEqual(['events_counted', 'separate'])
    expect(separate.diagnose().findings[0]?.message).toContain('completed_unknown 1')
  })

  it('names a database that cannot be written', async () => {
    const tracking = tracker({ dbPath: '/proc/none/usage.db' })
    tracking.trackFeature('f')(() => 1)()
    await tracking.flush()
    await expect.poll(() => codes(tracking.diagnose())).toContain('database_unavailable')
  })
})
