import type { Span, SpanOptions, Tracer } from '@opentelemetry/api'
import type { TrackingEvent } from '../health/index.js'
import type { FeatureCategory, FeatureStatus } from '../record/index.js'
import type { LateSpans } from '../span/index.js'

// oxlint-disable-next-line typescript/no-explicit-any -- any function may be tracked; `unknown[]` would refuse most
export type AnyFunction = (...args: any[]) => unknown

/** A value, or a function of the call's arguments that gives it; `this` is the call's. */
export type PerCall<T> = T | ((...args: never[]) => T | undefined)

/** What a returned value says about the call, where it reports failure by value. */
export type Classification =
  | FeatureStatus
  | { status: FeatureStatus; errorMessage?: string | undefined; errorType?: string | undefined }
  | undefined

export interface FeatureOptions {
  featureName: string
  /** Default: `other`. */
  category?: FeatureCategory | undefined
  /** Who calls; becomes a pseudonym unless anonymisation is off. */
  userId?: PerCall<string | number | undefined> | undefined
  /** Kept with the record, bounded by `maxMetadataSize`. Values under keys that name a user become pseudonyms. */
  metadata?: PerCall<Readonly<Record<string, unknown>>> | undefined
}

export interface TrackOptions extends FeatureOptions {
  /** What of the arguments to measure: bytes if it returns a number, else a value to measure. Default: all arguments. */
  input?: ((...args: never[]) => unknown) | undefined
  /** What of the result to measure: bytes if it returns a number, else a value to measure. Default: the result. */
  output?: ((result: never) => unknown) | undefined
  /** How many rounds the call took. Default 1; of a generator or stream, the items that it gave. */
  iterations?: number | ((result: never) => number | undefined) | undefined
  /** Turns a returned failure into `failed`, `partial` or `timeout`. */
  classify?: ((result: never) => Classification) | undefined
  /** Seconds; a call that takes longer counts as `timeout`, and is recorded when they have passed. */
  timeout?: number | undefined
  /** Kind, links and further attributes of the call's span. They go where spans go, and are not kept in the record. */
  span?: Pick<SpanOptions, 'kind' | 'attributes' | 'links'> | undefined
}

/** What the code inside a tracked call can say about it. No method throws; after the call's end they do nothing. */
export interface ActiveFeature {
  readonly featureName: string
  /** The id of the record that the call will become. */
  readonly recordId: string
  /** Bytes; replaces what would be measured. */
  setSizes(sizes: { input?: number | undefined; output?: number | undefined }): void
  /** Adds to the number of rounds; the first call of this sets it, so that three calls make three. */
  addIteration(count?: number): void
  /** Adds keys to the metadata; a key that is set again is replaced. */
  setMetadata(metadata: Readonly<Record<string, unknown>>): void
  /**
   * How the call will count when it returns. A call that throws counts as failed all the same.
   * @param errorType one of few names for what went wrong; the span's `error.type`
   */
  setStatus(status: FeatureStatus, errorMessage?: string, errorType?: string): void
  /** 0 to 1; wins over the formula. */
  setEfficiency(score: number): void
}

/** What tracking needs of its surroundings. Nothing of it is asked for before the first call. */
export interface TrackingHost {
  readonly enabled: boolean
  readonly sessionId: string
  /** Bytes. */
  readonly maxMetadataSize: number
  /** Whether `session.id` and `user.id` of W3C baggage are believed. */
  readonly acceptsBaggage: boolean
  isExcluded(featureName: string): boolean
  tracer(): Tracer
  /** Whether a call's span may become the active one: not in another pipeline's traces. */
  activatesSpans(): boolean
  /** Where a call is recorded whose span no processor of ours saw; undefined where its span is enough. */
  recorderBeside(span: Span): LateSpans | undefined
  /** The pseudonym of a user id; undefined when anonymisation is off. */
  pseudonym(userId: string): string | undefined
  count(event: TrackingEvent, detail: string | (() => string)): void
}
