export { completeCustomTracking, featureTracker, startCustomTracking, trackFeature, withFeature } from './default.js'
export type { AttachedParts, Finding, FindingCode, HostDiagnosis, HostKind } from './diagnosis.js'
export { FeatureTracker, type FeatureTrackerOptions } from './feature-tracker.js'
export type { TrackerHealth } from './health.js'
