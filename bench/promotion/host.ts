import type { Tracer, TracerProvider } from '@opentelemetry/api'
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { median } from '../measure.js'

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

/** Nanoseconds of the main thread for one span or request, what comes after it included. */
export interface PromotionTimes {
  readonly without: number
  readonly with: number
  /** Median of the ratios of runs that followed each other. */
  readonly ratio: number
}

/** @param times of runs that followed each other, without the library and with it */
export function timesOf(times: readonly (readonly [without: number, withUs: number])[]): PromotionTimes {
  return {
    without: median(times.map(([without]) => without)),
    with: median(times.map(([, withUs]) => withUs)),
    ratio: median(times.map(([without, withUs]) => withUs / without)),
  }
}
