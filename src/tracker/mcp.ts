import type { EventCounter } from '../health/index.js'
import type { McpTracker } from '../mcp/index.js'
import { ensureContextManager } from '../pipeline/index.js'
import type { FeatureTracker } from './feature-tracker.js'

/** What the tracking of MCP servers needs of a tracker. */
export function mcpTracker(tracker: FeatureTracker, events: EventCounter): McpTracker {
  return {
    isEnabled: () => tracker.settings.enabled,
    prepare: ensureContextManager,
    withFeature: (options, work) => tracker.withFeature(options, work),
    failed: (detail) => {
      events.count('tracking_failed', detail)
    },
  }
}
