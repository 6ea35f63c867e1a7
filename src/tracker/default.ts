import type { McpTrackOptions } from '../mcp/index.js'
import type { FeatureCategory } from '../record/index.js'
import type {
  ActiveFeature,
  CustomCompletion,
  FeatureDecorator,
  FeatureOptions,
  InstrumentOptions,
  TrackOptions,
} from '../tracking/index.js'
import { FeatureTracker } from './feature-tracker.js'

/** The tracker of the process. It reads the environment at first use. */
export const featureTracker = new FeatureTracker({}, { usesGlobal: true })

/** `featureTracker.trackFeature`. */
export function trackFeature(
  featureName: string,
  category?: FeatureCategory,
  options?: Partial<TrackOptions>,
): FeatureDecorator
export function trackFeature(options: TrackOptions): FeatureDecorator
export function trackFeature(
  nameOrOptions: string | TrackOptions,
  category?: FeatureCategory,
  options?: Partial<TrackOptions>,
): FeatureDecorator {
  return featureTracker.trackFeature(nameOrOptions as string, category, options)
}

/** `featureTracker.withFeature`. */
export function withFeature<R>(options: TrackOptions, work: (feature: ActiveFeature) => R): R {
  return featureTracker.withFeature(options, work)
}

/** `featureTracker.instrument`. */
export function instrument(object: object, options: InstrumentOptions): () => void {
  return featureTracker.instrument(object, options)
}

/** `featureTracker.trackMcpServer`. */
export function trackMcpServer(server: object, options?: McpTrackOptions): () => void {
  return featureTracker.trackMcpServer(server, options)
}

/** `featureTracker.trackMcpModule`. */
export function trackMcpModule(exports: object, options?: McpTrackOptions): () => void {
  return featureTracker.trackMcpModule(exports, options)
}

/** `featureTracker.startCustomTracking`. */
export function startCustomTracking(
  featureName: string,
  category?: FeatureCategory,
  options?: Partial<FeatureOptions>,
): string
export function startCustomTracking(options: FeatureOptions): string
export function startCustomTracking(
  nameOrOptions: string | FeatureOptions,
  category?: FeatureCategory,
  options?: Partial<FeatureOptions>,
): string {
  return featureTracker.startCustomTracking(nameOrOptions as string, category, options)
}

/** `featureTracker.completeCustomTracking`. */
export function completeCustomTracking(recordId: string, completion: CustomCompletion): void {
  featureTracker.completeCustomTracking(recordId, completion)
}
