export { FeatureUsageExporter, type FeatureUsageExporterOptions } from './feature-usage-exporter.js'
export { createOtlpProcessor, otlpConfigured } from './otlp.js'
