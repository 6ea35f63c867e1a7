import { setGlobalErrorHandler } from '@opentelemetry/core'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { EventCounter } from '../../src/health/index.js'
import { SqliteReader } from '../../src/store/index.js'
import { FakeWriter } from '../support/fake-writer.js'
import { tempDatabase } from '../support/temp.js'

const SPANS = 60

/** Ends so many feature spans, and as many others, under a provider of the SDK. */
function endSpans(processor: SpanProcessor): BasicTracerProvider {
  const provider = new BasicTracerProvider({ spanProcessors: [processor] })
  const tracer = provider.getTracer('application')
  for (let index = 0; index < SPANS; index++) {
    tracer.startSpan('feature', { attributes: { 'cloudcurio.feature.name': `f${index}` } }).end()
    tracer.startSpan('other').end()
  }
  return provider
}

const PROCESSORS: [string, (exporter: SpanExporter) => SpanProcessor][] = [
  ['SimpleSpanProcessor', (exporter) => new SimpleSpanProcessor(exporter)],
  ['BatchSpanProcessor', (exporter) => new BatchSpanProcessor(exporter, { maxExportBatchSize: 25 })],
]

describe.each(PROCESSORS)('FeatureUsageExporter under %s of the SDK', (_name, make) => {
  it('stores the features once the provider is flushed', async () => {
    const dbPath = tempDatabase()
    const provider = endSpans(make(new FeatureUsageExporter({ dbPath })))
    const reader = new SqliteReader(dbPath)
    onTestFinished(() => reader.close())
    await provider.forceFlush()
    const names = (await reader.getRecords()).map(({ featureName }) => featureName)
    expect(names.toSorted()).toEqual(Array.from({ length: SPANS }, (_, index) => `f${index}`).toSorted())
    await provider.shutdown()
  })

  it('stores the features by shutdown alone, which may come twice', async () => {
    const dbPath = tempDatabase()
    const provider = endSpans(make(new FeatureUsageExporter({ dbPath })))
    await provider.shutdown()
    await provider.shutdown()
    const reader = new SqliteReader(dbPath)
    onTestFinished(() => reader.close())
    expect(await reader.getRecords()).toHaveLength(SPANS)
  })

  it('tells the processor of a refusal, and the application goes on', async () => {
    const told: unknown[] = []
    setGlobalErrorHandler((error) => told.push(error))
    onTestFinished(() => setGlobalErrorHandler(() => {}))
    const [writer, events] = [new FakeWriter(), new EventCounter()]
    writer.answer = () => Promise.reject(new Error('disk full'))
    const provider = endSpans(make(new FeatureUsageExporter({ writer, events, dbPath: tempDatabase() })))
    const flushed = await provider.forceFlush().then(
      () => [],
      (errors: unknown) => [errors].flat(),
    )
    expect([...told, ...flushed].map(String)).toContain('Error: disk full')
    expect(events.counts()).toEqual({ write_failed: SPANS })
    await provider.shutdown().catch(() => {})
  })
})
