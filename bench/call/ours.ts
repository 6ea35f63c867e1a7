import { join } from 'node:path'
import { trace } from '@opentelemetry/api'
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { FeatureTracker, featureTracker } from '@cloudcurio/feature-tracking'
import { FeatureSpanProcessor } from '@cloudcurio/feature-tracking/pipeline'
import { countRows } from '../data/raw.js'
import { type Subject, work, workAsync } from './subject.js'

/**
 * The library as users have it. `own`: an application without OpenTelemetry, the default tracker. `host`: an application
 * whose provider has our processor, the default tracker. `guest`: one whose provider has not heard of us. `guest-0`: the
 * same, and it samples nothing. `process`: as `own`, with `durability: process`.
 */
export function ours(name: string, folder: string): Subject {
  const dbPath = join(folder, 'calls.db')
  process.env['FEATURE_TRACKING_DB_PATH'] = dbPath
  if (name === 'host')
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new FeatureSpanProcessor({ dbPath })] }))
  if (name === 'guest') trace.setGlobalTracerProvider(new BasicTracerProvider())
  if (name === 'guest-0') trace.setGlobalTracerProvider(new BasicTracerProvider({ sampler: new AlwaysOffSampler() }))
  const tracker = name === 'process' ? new FeatureTracker({ dbPath, durability: 'process' }) : featureTracker
  return {
    sync: tracker.trackFeature('bench', 'other')(work),
    async: tracker.trackFeature('bench', 'other')(workAsync),
    settle: () => tracker.flush(),
    stop: async () => {
      await tracker.flush()
      const { events } = tracker.health()
      if (Object.keys(events).length > 0) throw new Error(`not all went well: ${JSON.stringify(events)}`)
      await tracker.shutdown()
      return countRows(dbPath)
    },
  }
}
