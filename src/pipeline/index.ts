export { FeatureSpanProcessor, type FeatureSpanProcessorOptions } from './feature-span-processor.js'
export { beforeProcessEnd, EXIT_TIMEOUT, flushBeforeExit, liveProcessors, requireExitTimeout } from './process-end.js'
export {
  contextsWork,
  ensureContextManager,
  FeatureTracerProvider,
  offerProvider,
  recorderOver,
  registeredProvider,
} from './provider.js'
export { inspectProvider, type ProviderParts } from './inspect-provider.js'
export { featureSampler } from './sampler.js'
export type { Sampler, SamplingResult } from './sampling.js'
