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
  type AttachedParts,
  carryContext,
  completeCustomTracking,
  FeatureTracker,
  featureTracker,
  type FeatureTrackerOptions,
  type Finding,
  type FindingCode,
  type HostDiagnosis,
  type HostKind,
  identify,
  identityContext,
  instrument,
  startCustomTracking,
  trackFeature,
  type TrackerHealth,
  trackMcpModule,
  trackMcpServer,
  withCarriedContext,
  withFeature,
  withIdentity,
  withSession,
  withUser,
} from './tracker/index.js'
export type { McpRequest, McpTrackOptions } from './mcp/index.js'
export {
  type ActiveFeature,
  activeFeature,
  type Classification,
  type ContextCarrier,
  type CustomCompletion,
  type FeatureDecorator,
  type FeatureOptions,
  type IdentityOptions,
  type InstrumentOptions,
  type TrackOptions,
} from './tracking/index.js'
