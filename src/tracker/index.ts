export { completeCustomTracking, featureTracker, startCustomTracking, trackFeature, withFeature } from './default.js'
export { FeatureTracker, type FeatureTrackerOptions, type TrackerHealth } from './feature-tracker.js'
export { VERSION } from './version.js'
