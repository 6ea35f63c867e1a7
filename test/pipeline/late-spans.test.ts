import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Context, context, type SpanContext, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { EventCounter } from '../../src/health/index.js'
import {
  ensureContextManager,
  FeatureSpanProcessor,
  type FeatureSpanProcessorOptions,
  FeatureTracerProvider,
} from '../../src/pipeline/index.js'
import { deriveRecordId, type FeatureUsageRecord } from '../../src/record/index.js'
import { SCOPE_NAME } from '../../src/span/index.js'
import { activeFeature, type Tracking } from '../../src/tracking/index.js'
import { collect } from '../support/collect.js'
import { FakeSink } from '../support/fake-sink.js'

ensureContextManager()

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

interface Direct {
  readonly sink: FakeSink
  readonly tracking: Tracking
  readonly processor: FeatureSpanProcessor
  readonly events: EventCounter
}

/** Tracking over a processor that hands features on one by one; in our own provider their spans are made late. */
function direct(provider: 'ours' | 'host' = 'ours', options: FeatureSpanProcessorOptions = {}): Direct {
  const [sink, events] = [new FakeSink(), new EventCounter()]
  const processor = new FeatureSpanProcessor(
    new FeatureUsageExporter({ writer: sink, events, sessionId: 'session-1', anonymize: false }),
    { ...options, events },
  )
  onTestFinished(() => processor.shutdown())
  const tracer = (
    provider === 'ours'
      ? new FeatureTracerProvider([processor])
      : new BasicTracerProvider({ spanProcessors: [processor] })
  ).getTracer(SCOPE_NAME)
  return { sink, processor, events, tracking: collect({ tracer: () => tracer }).tracking }
}

/** Ways to use a feature; each is to become the same record whatever way its call takes. */
const USES: Record<string, (tracking: Tracking) => unknown> = {
  'a plain call': (tracking) => tracking.trackFeature('f', 'sysmon')((text: string) => text.length)('hello'),
  'an async call': (tracking) => tracking.trackFeature('f')(async () => 'result')(),
  'a user': (tracking) => tracking.trackFeature('f', 'other', { userId: 'ada' })(() => 1)(),
  'a call that throws': (tracking) => {
    expect(() =>
      tracking.trackFeature('f')(() => {
        throw new TypeError('no')
      })(),
    ).toThrow('no')
  },
  'a rejection': async (tracking) => {
    await expect(
      tracking.trackFeature('f')(async () => {
        throw new Error('no')
      })(),
    ).rejects.toThrow('no')
  },
  'what the code says of itself': (tracking) =>
    tracking.withFeature({ featureName: 'f', metadata: { a: [1, 2], b: { c: null } } }, (feature) => {
      feature.setSizes({ input: 10.4, output: 20 })
      feature.addIteration(3)
      feature.setMetadata({ k: 'v' })
      feature.setEfficiency(0.25)
    }),
  'a status that the code sets': (tracking) =>
    tracking.withFeature({ featureName: 'f' }, (feature) => feature.setStatus('partial', 'half of it')),
  'a returned failure': (tracking) =>
    tracking.trackFeature({ featureName: 'f', classify: () => ({ status: 'failed', errorMessage: 'by value' }) })(
      () => 1,
    )(),
  'measures of its own': (tracking) =>
    tracking.trackFeature({ featureName: 'f', input: () => 7, output: () => 8, iterations: 9 })(() => 1)(),
  'a generator that is left early': (tracking) => {
    for (const _ of tracking.trackFeature('f')(function* () {
      yield 1
      yield 2
    })())
      break
  },
  'a span that somebody asks for': (tracking) =>
    tracking.trackFeature('f')(() => trace.getActiveSpan() !== undefined)(),
  'a custom tracking': (tracking) => {
    const id = tracking.startCustomTracking({ featureName: 'f', category: 'config_editor', metadata: { m: 1 } })
    tracking.completeCustomTracking(id, { status: 'timeout', inputSize: 1, outputSize: 2, errorMessage: 'slow' })
  },
}

function comparable(record: FeatureUsageRecord): FeatureUsageRecord {
  return { ...record, recordId: 'any', startTime: 'any', endTime: 'any', duration: 0 }
}

describe('a call becomes the same record', () => {
  it.each(Object.entries(USES))(
    'with a span from the start, a late one, none, or the host’s: %s',
    async (_what, use) => {
      const [spans, late, host] = [collect(), direct('ours'), direct('host')]
      for (const { tracking } of [spans, late, host]) await use(tracking)
      const expected = comparable(spans.record())
      expect(late.sink.taken.map(comparable)).toEqual([expected])
      expect(host.sink.taken.map(comparable)).toEqual([expected])
    },
  )
})

describe('a late span', () => {
  it('is not made for a call that nobody looks at', () => {
    const { sink, tracking } = direct()
    tracking.trackFeature('f')(() => 1)()
    expect(sink.drafts[0]?.recordId).toBeUndefined()
  })

  it('gives the record its id when somebody has seen the span', () => {
    const { sink, tracking } = direct()
    let seen: SpanContext | undefined
    tracking.trackFeature('f')(() => {
      seen = trace.getActiveSpan()?.spanContext()
    })()
    const [record] = sink.taken as [FeatureUsageRecord]
    const { traceId, spanId } = seen as SpanContext
    expect(record.recordId).toBe(deriveRecordId(traceId, spanId, Date.parse(record.startTime)))
  })

  it('has the id that the code was told, also when it asks after the end', async () => {
    const { sink, tracking } = direct()
    const before = tracking.withFeature({ featureName: 'f' }, (feature) => feature.recordId)
    const kept = tracking.withFeature({ featureName: 'g' }, (feature) => feature)
    const active = tracking.trackFeature('h')(() => activeFeature())()
    expect(sink.taken.map(({ recordId }) => recordId)).toEqual([before, kept.recordId, active?.recordId])
  })

  it('began when the call began', () => {
    const { sink, tracking } = direct()
    let start: number | undefined
    tracking.trackFeature('f')(() => {
      const until = performance.now() + 20
      while (performance.now() < until);
      const { startTime } = trace.getActiveSpan() as unknown as { startTime: [number, number] }
      start = startTime[0] * 1000 + startTime[1] / 1e6
    })()
    const [record] = sink.taken as [FeatureUsageRecord]
    expect(Math.abs((start as number) - Date.parse(record.startTime))).toBeLessThanOrEqual(1)
    expect(record.duration).toBeGreaterThanOrEqual(0.02)
  })

  it('is the child of the span around, and the parent of those inside, whichever is made first', () => {
    const { tracking } = direct()
    const sdk = new BasicTracerProvider().getTracer('host')
    const outer = sdk.startSpan('outer')
    const seen: Record<string, { own: SpanContext; parent: SpanContext | undefined }> = {}
    const look = (name: string): void => {
      const span = trace.getActiveSpan() as unknown as { spanContext(): SpanContext; parentSpanContext?: SpanContext }
      seen[name] = { own: span.spanContext(), parent: span.parentSpanContext }
    }
    const inner = tracking.trackFeature('inner')(() => look('inner'))
    const middle = tracking.trackFeature('middle')(() => {
      inner()
      look('middle')
    })
    context.with(trace.setSpan(context.active(), outer), middle)
    expect(seen['middle']?.parent?.spanId).toBe(outer.spanContext().spanId)
    expect(seen['inner']?.parent?.spanId).toBe(seen['middle']?.own.spanId)
    expect(seen['inner']?.own.traceId).toBe(outer.spanContext().traceId)
  })

  it('has the ids of its call when it is asked for after the end, and is stored once', () => {
    const { sink, tracking } = direct()
    let inside: Context | undefined
    tracking.trackFeature('f')(() => {
      inside = context.active()
    })()
    const span = trace.getSpan(inside as Context)
    expect(span?.isRecording()).toBe(false)
    expect(span?.spanContext().traceId).toMatch(/^[0-9a-f]{32}$/)
    span?.end()
    expect(sink.drafts).toHaveLength(1)
  })

  it('is not held by the calls that come after it in its context', async () => {
    const { tracking } = direct()
    const contexts: WeakRef<object>[] = []
    let last: object | undefined
    const step = tracking.trackFeature('step')(async (left: number): Promise<void> => {
      last = context.active()
      contexts.push(new WeakRef(last))
      if (left > 0) setImmediate(() => void step(left - 1))
    })
    await step(200)
    await expect.poll(() => contexts.length).toBe(201)
    await expect
      .poll(() => {
        collectGarbage()
        return contexts.filter((ref) => ref.deref() !== undefined).length
      })
      .toBeLessThan(20)
    expect(last).toBeDefined()
  })
})

describe('features one by one', () => {
  it('are sent when flushInterval wait, and a second after the first', async () => {
    const { sink, tracking } = direct('ours', { flushInterval: 3 })
    const call = tracking.trackFeature('f')(() => 1)
    for (let count = 0; count < 7; count++) call()
    expect([sink.drafts.length, sink.sends]).toEqual([7, 2])
    await expect.poll(() => sink.sends, { timeout: 3000 }).toBe(3)
  })

  it('are sent by a flush, which waits for the writer', async () => {
    const { sink, tracking, processor } = direct()
    tracking.trackFeature('f')(() => 1)()
    await processor.forceFlush()
    expect([sink.sends, sink.flushes]).toEqual([1, 1])
  })

  it('are chosen as spans are', () => {
    const failures = direct('ours', { failuresOnly: true })
    failures.tracking.trackFeature('f')(() => 1)()
    expect(() =>
      failures.tracking.trackFeature('f')(() => {
        throw new Error('x')
      })(),
    ).toThrow('x')
    expect(failures.sink.taken.map(({ status }) => status)).toEqual(['failed'])
    const slow = direct('ours', { minDuration: 0.02 })
    slow.tracking.trackFeature('quick')(() => 1)()
    slow.tracking.trackFeature('slow')(() => {
      const until = performance.now() + 25
      while (performance.now() < until);
    })()
    expect(slow.sink.taken.map(({ featureName }) => featureName)).toEqual(['slow'])
  })

  it('that come after shutdown are counted', async () => {
    const { sink, tracking, processor, events } = direct()
    await processor.shutdown()
    tracking.trackFeature('f')(() => 1)()
    expect(sink.drafts).toHaveLength(0)
    expect(events.counts()).toEqual({ late_record: 1 })
  })

  it('that the writer does not take start no flush', () => {
    const { sink, tracking } = direct('ours', { flushInterval: 1 })
    sink.takes = false
    tracking.trackFeature('f')(() => 1)()
    expect(sink.sends).toBe(0)
  })
})
