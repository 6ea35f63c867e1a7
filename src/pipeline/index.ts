export { FeatureSpanProcessor, type FeatureSpanProcessorOptions } from './feature-span-processor.js'
export { otlpProcessor } from './otlp.js'
export { beforeProcessEnd, EXIT_TIMEOUT, liveProcessors, requireExitTimeout } from './process-end.js'
export { environmentSampler } from './environment-sampler.js'
export { inspectProvider, type ProviderParts } from './inspect-provider.js'
export {
  contextsWork,
  ensureContextManager,
  FeatureTracerProvider,
  offerProvider,
  recorderOver,
  registeredProvider,
} from './provider.js'
export { requireRules } from './promotion.js'
export { featureSampler, type FeatureSamplerOptions } from './sampler.js'
export type { Sampler, SamplingResult } from './sampling.js'
export {
  type DryRun,
  type DryRunOptions,
  type DryRunRule,
  dryRunRules,
  type DryRunSpan,
  type FeatureRule,
  type IgnoreRule,
  type PromotionRule,
  type RuleFile,
  type RuleProblem,
  type RuleValidation,
  defineRules,
  readRecordedSpans,
  type RecordedSpan,
  spanToJson,
  validateRules,
} from '../span/index.js'
