import type { FeatureCategory } from '../record/index.js'
import type {
  ActiveFeature,
  CustomCompletion,
  FeatureDecorator,
  FeatureOptions,
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
