/**
 * Which kind of application the tracker finds itself in.
 *
 * - `no_provider`: it has no OpenTelemetry; the library uses a provider of its own
 * - `sdk_disabled`: the same, because `OTEL_SDK_DISABLED` is true
 * - `cooperating`: its provider has a FeatureSpanProcessor, or a FeatureUsageExporter under another processor
 * - `guest`: its provider has neither; calls are recorded beside it
 * - `separate`: the tracker was made with `new FeatureTracker` and has a pipeline of its own
 */
export type HostKind = 'no_provider' | 'sdk_disabled' | 'cooperating' | 'guest' | 'separate'

export type FindingCode =
  | HostKind
  | 'tracking_off'
  | 'exporter_only'
  | 'processor_elsewhere'
  | 'processor_stopped'
  | 'features_not_sampled'
  | 'context_lost'
  | 'api_copies'
  | 'api_incompatible'
  | 'database_unavailable'
  | 'records_dropped'
  | 'events_counted'

export interface Finding {
  /** `error`: features are lost. `warning`: something is lost, or works otherwise than one may think. */
  readonly severity: 'info' | 'warning' | 'error'
  readonly code: FindingCode
  readonly message: string
  /** What to do; undefined where nothing needs to be done. */
  readonly remedy?: string | undefined
}

/** What is attached, as far as it can be seen. */
export interface AttachedParts {
  /** The provider's class; undefined where there is none. */
  readonly provider: string | undefined
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
  readonly sampler: string | undefined
  /** Where the application's exporters and the standard variables send spans, without credentials. */
  readonly endpoints: readonly string[]
  /** The version of the OpenTelemetry API that registered first in this process; undefined where none did. */
  readonly apiVersion: string | undefined
  /** Whether contexts follow the application through its calls. */
  readonly contextsWork: boolean
  readonly dbPath: string
}

export interface HostDiagnosis {
  readonly host: HostKind
  /** One sentence. */
  readonly summary: string
  /** The worst first. */
  readonly findings: readonly Finding[]
  readonly attached: AttachedParts
}
