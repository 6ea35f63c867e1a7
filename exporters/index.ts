export { FeatureUsageExporter, type FeatureUsageExporterOptions, liveExporters } from './feature-usage-exporter.js'
export { createOtlpProcessor, otlpConfigured } from './otlp.js'
