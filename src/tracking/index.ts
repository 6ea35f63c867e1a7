export { activeFeature } from './context.js'
export type { CustomCompletion } from './custom.js'
export type { FeatureDecorator } from './decorate.js'
export { Tracking } from './tracking.js'
export type {
  ActiveFeature,
  Classification,
  FeatureOptions,
  TrackingHost,
  TrackOptions,
} from './types.js'
