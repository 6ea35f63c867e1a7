import { type Attributes, type Context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { ATTR_NAME, type FinishedSpan } from '../../src/span/index.js'

/** 2026-11-24T14:55:00.123456Z, as the SDK says times. */
export const START: [number, number] = [1_795_532_100, 123_456_000]

export interface SpanScript {
  readonly name?: string
  readonly attributes?: Attributes
  /** Seconds. */
  readonly duration?: number
  readonly work?: (span: Span) => void
  readonly context?: Context
}

/** A finished span of the SDK. */
export function sdkSpan({
  name = 'span',
  attributes = {},
  duration = 0.25,
  work,
  context,
}: SpanScript = {}): ReadableSpan {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const span = provider.getTracer('test').startSpan(name, { attributes, startTime: START }, context)
  work?.(span)
  const [seconds, nanos] = START
  span.end([seconds + Math.floor(duration), nanos + Math.round((duration % 1) * 1e6) * 1000])
  return span as Span & ReadableSpan
}

/** A finished span of the SDK that is a feature. */
export function featureSpan(script: SpanScript & { feature?: string } = {}): ReadableSpan {
  return sdkSpan({ ...script, attributes: { [ATTR_NAME]: script.feature ?? 'search', ...script.attributes } })
}

/** A span by its members only, as another version of the SDK makes it: 3.x allows any value in attributes. */
export function duckSpan(attributes: Record<string, unknown>, more: Partial<FinishedSpan> = {}): FinishedSpan {
  return {
    name: 'span',
    kind: SpanKind.INTERNAL,
    startTime: START,
    endTime: [START[0], START[1] + 250_000_000],
    duration: [0, 250_000_000],
    status: { code: SpanStatusCode.UNSET },
    attributes,
    events: [],
    spanContext: () => ({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 0 }),
    ...more,
  }
}
