import { type Context, type HrTime, type Span, type SpanOptions, type TracerProvider } from '@opentelemetry/api'
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { FeatureTracerProvider } from '../../src/pipeline/index.js'
import { SCOPE_NAME } from '../../src/span/index.js'

/** A time of a span under test, some milliseconds after its start. */
export function at(millis: number): HrTime {
  const [seconds, nanos] = [1_795_532_100, 123_000_000 + millis * 1_000_000]
  return [seconds + Math.floor(nanos / 1e9), nanos % 1e9]
}

class Keep implements SpanProcessor {
  readonly started: unknown[] = []
  readonly ended: ReadableSpan[] = []

  onStart(span: unknown): void {
    this.started.push(span)
  }
  onEnd(span: ReadableSpan): void {
    this.ended.push(span)
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

/** What one span came to: every member of ReadableSpan, but for ids that were made at random. */
export interface Outcome {
  readonly members: Record<string, unknown>
  readonly recording: [before: boolean, after: boolean]
  readonly ends: number
}

export interface Script {
  readonly name?: string
  readonly options?: SpanOptions
  readonly context?: Context
  readonly work?: (span: Span) => void
}

const make = {
  sdk: (processors: SpanProcessor[]): TracerProvider => new BasicTracerProvider({ spanProcessors: processors }),
  ours: (processors: SpanProcessor[]): TracerProvider => new FeatureTracerProvider(processors, '1.2.3'),
}

/** The same calls to a span of the SDK or of our own provider. */
export function outcome(kind: keyof typeof make, { name = 'span', options = {}, context, work }: Script): Outcome {
  const keep = new Keep()
  const tracer = make[kind]([keep, new Keep()]).getTracer(SCOPE_NAME, '1.2.3')
  const span = tracer.startSpan(name, { startTime: at(0), ...options }, context)
  const before = span.isRecording()
  work?.(span)
  span.end(at(250))
  return {
    members: members(span as unknown as ReadableSpan),
    recording: [before, span.isRecording()],
    ends: keep.ended.filter((it) => it === (span as unknown)).length,
  }
}

function members(span: ReadableSpan): Record<string, unknown> {
  const { traceFlags, isRemote, traceState } = span.spanContext()
  return {
    name: span.name,
    kind: span.kind,
    traceId: span.parentSpanContext?.traceId,
    flags: { traceFlags, isRemote, traceState: traceState?.serialize() },
    parentSpanContext: span.parentSpanContext,
    startTime: micros(span.startTime),
    endTime: micros(span.endTime),
    duration: micros(span.duration),
    ended: span.ended,
    status: { ...span.status },
    attributes: { ...span.attributes },
    links: span.links.map((link) => ({ ...link })),
    events: span.events.map((event) => ({ ...event, time: micros(event.time) })),
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    scope: { name: span.instrumentationScope.name, version: span.instrumentationScope.version },
    service: span.resource.attributes['service.name'],
    sdk: span.resource.attributes['telemetry.sdk.language'],
  }
}

/** Times are kept to the microsecond. */
function micros([seconds, nanos]: HrTime): number {
  return seconds * 1e6 + Math.round(nanos / 1000)
}
