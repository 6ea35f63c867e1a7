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
export type { AttachedParts, Finding, FindingCode, HostDiagnosis, HostKind } from './diagnosis.js'
export { FeatureTracker, type FeatureTrackerOptions } from './feature-tracker.js'
export type { TrackerHealth } from './health.js'
export { VERSION } from './version.js'
