import { type Span, SpanStatusCode } from '@opentelemetry/api'
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventCounter } from '../../src/health/index.js'
import { FeatureSpanProcessor, FeatureTracerProvider } from '../../src/pipeline/index.js'
import { deriveRecordId, FEATURE_CATEGORIES, FEATURE_STATUSES, type RecordDraft } from '../../src/record/index.js'
import { draftFromSpan, SCOPE_NAME } from '../../src/span/index.js'
import { activeFeature, type Tracking } from '../../src/tracking/index.js'
import { collect } from '../support/collect.js'
import { FakeSink } from '../support/fake-sink.js'

const MAPPING = { maxMetadataSize: 10_240, sessionId: 'none' }

interface Run {
  readonly tracking: Tracking
  /** What the processor made of the calls. */
  readonly taken: RecordDraft[]
  /** What reading their spans gives. */
  readonly read: RecordDraft[]
  /** How many spans were read all the same. */
  readonly reads: () => number
}

/** Another processor, which sees the spans before ours or after it, and may change them. */
interface Other {
  readonly onStart?: (span: Span) => void
  readonly onEnd?: (span: ReadableSpan) => void
}

function running(kind: 'host' | 'own', other: Other = {}): Run {
  const sink = new FakeSink()
  const processor = new FeatureSpanProcessor({
    writer: sink,
    events: new EventCounter(),
    anonymize: false,
    sessionId: 'none',
  })
  const read: RecordDraft[] = []
  let reads = 0
  const around: SpanProcessor = {
    onStart: (span) => other.onStart?.(span),
    onEnd: (span) => {
      other.onEnd?.(span)
      read.push(draftFromSpan(span, MAPPING) as RecordDraft)
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const counting: SpanProcessor = {
    onStart: (span, context) => {
      processor.onStart(span, context)
    },
    onEnd: (span) => {
      // The mapping asks for the time; a call that hands its record over does not.
      const { duration } = span
      Object.defineProperty(span, 'duration', {
        configurable: true,
        get: () => {
          reads++
          return duration
        },
      })
      processor.onEnd(span)
      Object.defineProperty(span, 'duration', { configurable: true, value: duration })
    },
    forceFlush: async () => {},
    shutdown: () => processor.shutdown(),
  }
  const provider =
    kind === 'host'
      ? new BasicTracerProvider({ spanProcessors: [around, counting] })
      : new FeatureTracerProvider([around, counting])
  const tracer = provider.getTracer(SCOPE_NAME)
  const { tracking } = collect({ tracer: () => tracer })
  return { tracking, taken: sink.drafts, read, reads: () => reads }
}

/** Times are read from two clocks a moment apart. */
function expectEqual(one: RecordDraft | undefined, other: RecordDraft | undefined): void {
  if (one?.isIdDerived === true) {
    const { traceId = '', spanId = '', startMicros } = one
    expect(one.recordId).toBe(deriveRecordId(traceId, spanId, startMicros / 1000))
  }
  expect({ ...one, isIdDerived: undefined }).toEqual({
    ...other,
    duration: expect.closeTo(other?.duration ?? 0, 0) as number,
    startMicros: expect.closeTo(other?.startMicros ?? 0, -6) as number,
    endMicros: expect.closeTo(other?.endMicros ?? 0, -6) as number,
  })
}

const someCall = fc.record(
  {
    category: fc.constantFrom(...FEATURE_CATEGORIES),
    userId: fc.string({ minLength: 1 }),
    input: fc.nat().map((size) => () => size),
    output: fc.nat().map((size) => () => size),
    iterations: fc.nat({ max: 5 }),
    classify: fc.constantFrom(...FEATURE_STATUSES).map((status) => () => status),
    metadata: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }),
    efficiency: fc.double({ min: 0, max: 1, noNaN: true }),
    fails: fc.boolean(),
    nested: fc.boolean(),
  },
  { requiredKeys: [] },
)

describe.each(['host', 'own'] as const)('a call in the pipeline of a provider (%s)', (kind) => {
  it('has the record that its span stands for', () => {
    let handedOver = 0
    let calls = 0
    fc.assert(
      fc.property(someCall, ({ fails, nested, efficiency, ...options }) => {
        const { tracking, taken, read, reads } = running(kind)
        const inner = tracking.trackFeature('inner')(() => 1)
        const tracked = tracking.trackFeature({ featureName: 'outer', ...options })((value: number) => {
          if (nested === true) inner()
          if (efficiency !== undefined) activeFeature()?.setEfficiency(efficiency)
          if (fails === true) throw new RangeError('no')
          return value
        })
        try {
          tracked(7)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
        expect(taken).toHaveLength(nested === true ? 2 : 1)
        for (const [index, draft] of taken.entries()) expectEqual(draft, read[index])
        calls += taken.length
        handedOver += taken.length - reads()
      }),
      { numRuns: 300 },
    )
    expect(handedOver).toBeGreaterThan(calls / 10)
    expect(handedOver).toBeLessThan(calls)
  })

  it.each<[string, Other]>([
    ['adds metadata', { onStart: (span) => span.setAttribute('cloudcurio.feature.metadata.host', 'a') }],
    ['names a user', { onStart: (span) => span.setAttribute('enduser.id', 'somebody') }],
    ['hides the name', { onEnd: (span) => (span.attributes['cloudcurio.feature.name'] = 'hidden') }],
    ['removes an attribute', { onEnd: (span) => delete span.attributes['session.id'] }],
    ['changes a size', { onEnd: (span) => (span.attributes['cloudcurio.feature.input.size'] = 5) }],
    ['sets a status', { onStart: (span) => span.setStatus({ code: SpanStatusCode.ERROR, message: 'said so' }) }],
    ['adds an event', { onStart: (span) => span.addEvent('something') }],
  ])('is read from its span where another processor %s', (_, other) => {
    const { tracking, taken, read, reads } = running(kind, other)
    tracking.trackFeature('search')(() => 1)()
    expect(reads()).toBeGreaterThan(0)
    expectEqual(taken[0], read[0])
  })

  it('is read from its span where another call ends while it does', () => {
    let isInner = false
    const run = running(kind, {
      onEnd: () => {
        if (isInner) return
        isInner = true
        run.tracking.trackFeature('inner')(() => 1)()
      },
    })
    run.tracking.trackFeature('outer')(() => 1)()
    expect(run.taken.map(({ featureName }) => featureName)).toEqual(['inner', 'outer'])
    expectEqual(run.taken[1], run.read[1])
  })
})
