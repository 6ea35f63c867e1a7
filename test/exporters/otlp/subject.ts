import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { onTestFinished } from 'vitest'
import { createOtlpProcessor, type OtlpProcessorOptions } from '../../../exporters/index.js'
import { EventCounter } from '../../../src/health/index.js'

interface Subject {
  readonly processor: NonNullable<ReturnType<typeof createOtlpProcessor>>
  readonly provider: BasicTracerProvider
  readonly events: EventCounter
  /** Makes so many spans that end at once. */
  spans(count: number): void
}

/** An OTLP processor under the SDK's provider, with these variables. */
export function otlpSubject(variables: Readonly<Record<string, string>>, options: OtlpProcessorOptions = {}): Subject {
  const events = new EventCounter()
  const processor = createOtlpProcessor({ exitTimeout: 0, ...options }, events, { ...process.env, ...variables })
  if (processor === undefined) throw new Error('the variables name no endpoint')
  const provider = new BasicTracerProvider({ spanProcessors: [processor] })
  onTestFinished(() => provider.shutdown())
  const tracer = provider.getTracer('test')
  const spans = (count: number): void => {
    for (let n = 0; n < count; n++) tracer.startSpan(`span ${n}`).end()
  }
  return { processor, provider, events, spans }
}
