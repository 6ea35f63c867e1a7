export { FeatureUsageExporter, type FeatureUsageExporterOptions, liveExporters } from './feature-usage-exporter.js'
export { createOtlpProcessor, otlpConfigured, otlpEndpoint } from './otlp.js'
