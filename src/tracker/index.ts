export {
  carryContext,
  identify,
  identityContext,
  withCarriedContext,
  withIdentity,
  withSession,
  withUser,
} from './context.js'
export {
  completeCustomTracking,
  featureTracker,
  instrument,
  startCustomTracking,
  trackFeature,
  trackMcpModule,
  trackMcpServer,
  withFeature,
} from './default.js'
export { FeatureTracker, type FeatureTrackerOptions, type TrackerHealth } from './feature-tracker.js'
export { VERSION } from './version.js'
