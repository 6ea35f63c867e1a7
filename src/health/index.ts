export { describeError, EventCounter, processEvents, type TrackingEvent } from './events.js'
