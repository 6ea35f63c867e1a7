export { calculateEfficiency, FeatureCategory, FeatureStatus, type FeatureUsageRecord } from './record/index.js'
export type { PromotionSet, Settings } from './config/index.js'
export { defineRules, type FeatureRule, type IgnoreRule, type PromotionRule, type RuleFile } from './span/index.js'
export type {
  Durability,
  FeatureSummary,
  RecordFilter,
  RecordQuery,
  SeriesPoint,
  SeriesQuery,
  SinkHealth,
  TopFeaturesQuery,
  UsageStats,
} from './store/index.js'
export {
  completeCustomTracking,
  FeatureTracker,
  featureTracker,
  type FeatureTrackerOptions,
  startCustomTracking,
  trackFeature,
  type TrackerHealth,
  withFeature,
} from './tracker/index.js'
export {
  type ActiveFeature,
  activeFeature,
  type Classification,
  type CustomCompletion,
  type FeatureDecorator,
  type FeatureOptions,
  type TrackOptions,
} from './tracking/index.js'
