export { createApp, type FeatureApp } from './app.js'
export type * from './contract.js'
export type { AppOptions, TrackerStatus } from './options.js'
export { type RunningServer, ServerError, type ServerErrorCode, type ServerOptions, startServer } from './serve.js'
