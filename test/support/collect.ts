import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { TrackingEvent } from '../../src/health/index.js'
import { ensureContextManager, FeatureTracerProvider } from '../../src/pipeline/index.js'
import { type FeatureUsageRecord, pseudonymOf } from '../../src/record/index.js'
import { recordFromSpan, SCOPE_NAME } from '../../src/span/index.js'
import { Tracking, type TrackingHost } from '../../src/tracking/index.js'

export interface Collector {
  readonly tracking: Tracking
  readonly spans: ReadableSpan[]
  readonly events: Map<TrackingEvent, string[]>
  /** The records of the spans that have ended, in the order of their ends. */
  records(): FeatureUsageRecord[]
  /** The only record. */
  record(): FeatureUsageRecord
}

const KEY = new Uint8Array(32).fill(7)

export function pseudonym(userId: string): string {
  return pseudonymOf(KEY, userId)
}

/** Tracking whose spans stay in memory. */
export function collect(host: Partial<TrackingHost> = {}): Collector {
  ensureContextManager()
  const spans: ReadableSpan[] = []
  const events = new Map<TrackingEvent, string[]>()
  const processor: SpanProcessor = {
    onStart() {},
    onEnd: (span) => spans.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const tracer = new FeatureTracerProvider([processor]).getTracer(SCOPE_NAME)
  const tracking = new Tracking({
    enabled: true,
    sessionId: 'session-1',
    maxMetadataSize: 10_240,
    acceptsBaggage: false,
    isExcluded: () => false,
    tracer: () => tracer,
    activatesSpans: () => true,
    recorderBeside: () => undefined,
    pseudonym,
    count: (event, detail) => {
      events.set(event, [...(events.get(event) ?? []), typeof detail === 'string' ? detail : detail()])
    },
    ...host,
  })
  const records = (): FeatureUsageRecord[] =>
    spans.map((span) => recordFromSpan(span, { maxMetadataSize: 10_240, sessionId: 'none' }) as FeatureUsageRecord)
  const record = (): FeatureUsageRecord => {
    const all = records()
    if (all.length !== 1) throw new Error(`${all.length} records, not one`)
    return all[0] as FeatureUsageRecord
  }
  return { tracking, spans, events, records, record }
}

/** Resolves when the reactions to settled promises have run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
