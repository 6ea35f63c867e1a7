import type { Span } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { type Subject, work, workAsync } from './subject.js'

const setSixAttributes = (span: Span): void => {
  span.setAttributes({ a: 'text', b: 'text', c: 1, d: 2, e: 3, f: 0.5 })
}

/** A span with six attributes of the SDK, without any processor: the least that a trace costs. */
export function bareSpan(): Subject {
  const tracer = new BasicTracerProvider().getTracer('bare')
  return {
    sync: (value) =>
      tracer.startActiveSpan('bare', (span) => {
        const result = work(value)
        setSixAttributes(span)
        span.end()
        return result
      }),
    async: (value) =>
      tracer.startActiveSpan('bare', async (span) => {
        const result = await workAsync(value)
        setSixAttributes(span)
        span.end()
        return result
      }),
    settle: async () => {},
    stop: async () => undefined,
  }
}
