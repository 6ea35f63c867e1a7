import { diag } from '@opentelemetry/api'

/**
 * What can go wrong in tracking. Each is counted; the first of its kind is also said once through `diag`.
 *
 * - `setting_ignored`: an environment variable has a bad value
 * - `rule_ignored`: a rules file cannot be read, or a rule in it is bad
 * - `callback_failed`: a user's function in the options (userId, metadata, input, output, classify …) threw
 * - `identity_ignored`: a user or session id of a type that is none
 * - `tracking_failed`: the library's own work around a call failed; the call itself was not affected
 * - `completed_unknown`: `completeCustomTracking` with an id that is not open
 * - `custom_evicted`: too many custom trackings were open; the oldest was stored as partial
 * - `unmapped_span`: a span that could not become a record
 * - `record_dropped`: a record that could not be kept
 * - `write_failed`: the store refused records
 * - `late_record`: a call that ended after shutdown
 * - `database_unavailable`: the database cannot be written; records wait
 * - `database_corrupt`: the database was damaged and has been set aside
 * - `database_replaced`: the database file was removed or replaced while it was in use
 * - `unclean_shutdown`: an earlier process ended without shutting down
 * - `spool_unavailable`: the file for waiting records cannot be written
 * - `spool_damaged`: a file of waiting records was damaged and has been set aside
 * - `wal_stuck`: a reader keeps the write-ahead log from being emptied
 * - `retention_failed`: old records could not be removed
 * - `otlp_failed`: spans that could not be sent over OTLP
 * - `otlp_rejected`: spans that the OTLP receiver refused out of a batch that it accepted (a partial success)
 * - `otlp_dropped`: spans dropped since too many waited to be sent over OTLP
 * - `register_failed`: something that `register` could not set up; the application runs without it
 */
export type TrackingEvent =
  | 'setting_ignored'
  | 'rule_ignored'
  | 'callback_failed'
  | 'identity_ignored'
  | 'tracking_failed'
  | 'completed_unknown'
  | 'custom_evicted'
  | 'unmapped_span'
  | 'record_dropped'
  | 'write_failed'
  | 'late_record'
  | 'database_unavailable'
  | 'database_corrupt'
  | 'database_replaced'
  | 'unclean_shutdown'
  | 'spool_unavailable'
  | 'spool_damaged'
  | 'wal_stuck'
  | 'retention_failed'
  | 'otlp_failed'
  | 'otlp_rejected'
  | 'otlp_dropped'
  | 'register_failed'

/** Counts of what went wrong, by kind. It never throws, whatever it is told. */
export class EventCounter {
  readonly #counts = new Map<TrackingEvent, number>()
  readonly #said = new Set<string>()

  /**
   * @param detail what happened and what to do, for the one warning of this kind
   * @param times how many records or calls it befell
   * @param topic what one warning is enough for; the kind, unless told
   */
  count(event: TrackingEvent, detail: string | (() => string), times = 1, topic: string = event): void {
    this.#counts.set(event, (this.#counts.get(event) ?? 0) + times)
    if (this.#said.has(topic)) return
    this.#said.add(topic)
    try {
      diag.warn(`feature-tracking: ${typeof detail === 'string' ? detail : detail()}`)
    } catch {
      // A logger of the application's that throws must not reach the tracked call.
    }
  }

  /** How often each kind happened; kinds that did not happen are absent. */
  counts(): Partial<Record<TrackingEvent, number>> {
    return Object.fromEntries(this.#counts)
  }
}

/**
 * The counter of the process: of the default tracker, and of processors and exporters that the application makes for it.
 */
export const processEvents = new EventCounter()

/** A short text for any thrown value, whatever its getters do. */
export function describeError(error: unknown): string {
  try {
    if (error instanceof Error) return error.message === '' ? error.name : error.message
    return String(error)
  } catch {
    return 'an error that cannot be shown'
  }
}
