import { isSpanContextValid, type Span, TraceFlags } from '@opentelemetry/api'
import { type FeatureUsageExporter, liveExporters } from '../../exporters/index.js'
import { FeatureSpanProcessor, liveProcessors } from '../pipeline/index.js'
import { isApplications } from './own-pipeline.js'

/** A FeatureSpanProcessor that the application made and did not shut down. */
export function applicationsProcessor(): FeatureSpanProcessor | undefined {
  for (const live of liveProcessors) if (live instanceof FeatureSpanProcessor && isApplications(live)) return live
  return undefined
}

/** A FeatureUsageExporter that the application made, and that works under another processor than ours. */
export function applicationsExporter(): FeatureUsageExporter | undefined {
  for (const exporter of liveExporters) {
    const isBelowOurs = [...liveProcessors].some((live) => live.exporter === exporter && isApplications(live))
    if (!isBelowOurs && isApplications(exporter)) return exporter
  }
  return undefined
}

/** Whether the SDK's own processors hand a span on to their exporters. */
export function isExported(span: Span): boolean {
  const ids = span.spanContext()
  return (ids.traceFlags & TraceFlags.SAMPLED) !== 0 && isSpanContextValid(ids) && span.isRecording()
}
