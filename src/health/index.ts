export { describeError, EventCounter, type TrackingEvent } from './events.js'
