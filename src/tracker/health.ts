import type { TrackingEvent } from '../health/index.js'
import type { SinkHealth } from '../store/index.js'

export interface TrackerHealth {
  /** What went wrong since the start, by kind; empty when all is well. */
  readonly events: Partial<Record<TrackingEvent, number>>
  readonly dbPath: string
  /** Queue, drops, spool and state of the database; undefined before the first record. */
  readonly store: SinkHealth | undefined
}
