import type { Tracer, TracerProvider } from '@opentelemetry/api'
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base'

export interface Host {
  readonly provider: TracerProvider
  tracer(scope: string): Tracer
  flush(): Promise<void>
  shutdown(): Promise<void>
}

/** An application whose spans are exported to nowhere: an exporter that did something would make our share look smaller. */
export function hostWith(processors: readonly SpanProcessor[]): Host {
  const exporter = new BatchSpanProcessor(
    { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} },
    { maxQueueSize: 10_000 },
  )
  const provider = new BasicTracerProvider({ spanProcessors: [exporter, ...processors] })
  return {
    provider,
    tracer: (scope) => provider.getTracer(scope),
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  }
}
