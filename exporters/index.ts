export { FeatureUsageExporter, type FeatureUsageExporterOptions, liveExporters } from './feature-usage-exporter.js'
export { otlpConfigured, otlpEndpoint } from './otlp/environment.js'
export { createOtlpProcessor } from './otlp/index.js'
export { liveOtlpProcessors, type OtlpProcessorOptions, type OtlpSpanProcessor } from './otlp/processor.js'
