import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
  type Tracer,
} from '@opentelemetry/api'
import { BasicTracerProvider, type Sampler } from '@opentelemetry/sdk-trace-base'
import { onTestFinished } from 'vitest'
import { EventCounter } from '../../src/health/index.js'
import { FeatureSpanProcessor, type FeatureSpanProcessorOptions } from '../../src/pipeline/index.js'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { FeatureCategory, type FeatureUsageRecord } from '../../src/record/index.js'
import type { Promotion } from '../../src/span/index.js'
import { FakeSink } from './fake-sink.js'
import { FakeWriter } from './fake-writer.js'

export interface Promoting {
  readonly processor: FeatureSpanProcessor
  readonly provider: BasicTracerProvider
  readonly tracer: Tracer
  readonly events: EventCounter
  /** The records so far, in the order in which their spans ended. */
  records(): Promise<FeatureUsageRecord[]>
  /** Each as `name` or `name < parent`. */
  names(): Promise<string[]>
}

/**
 * An application's own provider with our processor, which promotes.
 * @param writer one that is a sink takes records one by one, so that what becomes of a request may be decided later
 */
export function promoting(
  options: FeatureSpanProcessorOptions = {},
  sampler?: Sampler,
  scope = 'app',
  writer: FakeWriter = new FakeWriter(),
): Promoting {
  const events = new EventCounter()
  const processor = new FeatureSpanProcessor(new FeatureUsageExporter({ writer, anonymize: false, events }), {
    promote: 'all',
    events,
    ...options,
  })
  const provider = new BasicTracerProvider({
    spanProcessors: [processor],
    ...(sampler === undefined ? {} : { sampler }),
  })
  onTestFinished(() => provider.shutdown())
  const records = async (): Promise<FeatureUsageRecord[]> => {
    await processor.forceFlush()
    return writer instanceof FakeSink ? writer.taken : writer.records
  }
  return {
    processor,
    provider,
    events,
    tracer: provider.getTracer(scope),
    records,
    names: async () =>
      (await records()).map(({ featureName, metadata }) => {
        const parent = metadata['parent_feature']
        return parent === undefined ? featureName : `${featureName} < ${String(parent)}`
      }),
  }
}

export const HTTP: Attributes = { 'http.request.method': 'GET' }
export const QUERY: Attributes = { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT * FROM orders' }
export const CHAT: Attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' }

/** A span that is open, and the context inside it. */
export function open(
  tracer: Tracer,
  kind: SpanKind,
  attributes: Attributes,
  around: Context = ROOT_CONTEXT,
): { span: Span; inside: Context } {
  const span = tracer.startSpan('span', { kind, attributes }, around)
  return { span, inside: trace.setSpan(around, span) }
}

/** What a rule made of a span, of which nothing but this is to be known. */
export function promotionTo(
  featureName: string,
  metadata: Promotion['metadata'] = {},
  parentFeature?: string,
): Promotion {
  return {
    featureName,
    category: FeatureCategory.OTHER,
    status: undefined,
    inputSize: 0,
    outputSize: 0,
    iterations: 1,
    user: undefined,
    metadata,
    parentFeature,
  }
}
