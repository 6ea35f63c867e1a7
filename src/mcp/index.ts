export { trackModule } from './module.js'
export { trackServer } from './server.js'
export type { McpRequest, McpTracker, McpTrackOptions } from './types.js'
