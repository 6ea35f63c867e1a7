export { calculateEfficiency, FeatureCategory, FeatureStatus, type FeatureUsageRecord } from './record/index.js'
export type { Settings } from './config/index.js'
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
  type AttachedParts,
  completeCustomTracking,
  FeatureTracker,
  featureTracker,
  type FeatureTrackerOptions,
  type Finding,
  type FindingCode,
  type HostDiagnosis,
  type HostKind,
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
