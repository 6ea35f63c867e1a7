import { createRecordId, type FeatureCategory, FeatureStatus } from '../record/index.js'
import { type ContextCarrier, carry } from './carrier.js'
import { activeFeature } from './context.js'
import { type CustomCompletion, CustomTracking } from './custom.js'
import { type FeatureDecorator, makeDecorator } from './decorate.js'
import { FeatureCall } from './feature-call.js'
import { instrumentObject, type InstrumentOptions } from './instrument.js'
import { OpenCalls } from './open-calls.js'
import { checkOptions } from './options.js'
import { CallRunner } from './run-call.js'
import { silentFeature } from './silent-feature.js'
import type { ActiveFeature, AnyFunction, FeatureOptions, TrackingHost, TrackOptions } from './types.js'
import { wrapFunction } from './wrap.js'

/** The ways to track, over one host. */
export class Tracking {
  readonly #host: TrackingHost
  readonly #open = new OpenCalls()
  readonly #runner: CallRunner
  readonly #custom: CustomTracking

  constructor(host: TrackingHost) {
    this.#host = host
    this.#runner = new CallRunner(host, this.#open)
    this.#custom = new CustomTracking(host, this.#runner)
  }

  trackFeature(
    nameOrOptions: string | TrackOptions,
    category?: FeatureCategory,
    more?: Partial<TrackOptions>,
  ): FeatureDecorator {
    const options = checkOptions<TrackOptions>('trackFeature', nameOrOptions, category, more)
    return makeDecorator(
      (fn) => (this.#host.enabled ? wrapFunction(fn, options, this.#runner) : fn),
      options.featureName,
    )
  }

  withFeature<R>(options: TrackOptions, work: (feature: ActiveFeature) => R): R {
    const checked = checkOptions<TrackOptions>('withFeature', options)
    if (typeof work !== 'function')
      throw new TypeError(`withFeature of ${checked.featureName} was given ${typeof work}: give a function to run`)
    if (!this.#host.enabled) return work(silentFeature)
    return this.#runner.run(checked, undefined, [], (_self, _args, call) => work(call?.exposed() ?? silentFeature)) as R
  }

  instrument(object: unknown, options: InstrumentOptions): () => void {
    return instrumentObject(
      object,
      options,
      (trackOptions) => this.trackFeature(trackOptions) as (fn: AnyFunction) => AnyFunction,
    )
  }

  startCustomTracking(
    nameOrOptions: string | FeatureOptions,
    category?: FeatureCategory,
    more?: Partial<FeatureOptions>,
  ): string {
    return this.#custom.start(
      checkOptions<FeatureOptions>('startCustomTracking', nameOrOptions, category, more),
      createRecordId,
    )
  }

  completeCustomTracking(recordId: string, completion: CustomCompletion): void {
    this.#custom.complete(recordId, completion)
  }

  /** The active context's trace, user and session, to be sent along with work. */
  carryContext(): ContextCarrier {
    return carry(this.#host)
  }

  /** Records what is still open as `partial`: also the calls in whose code this is called. */
  endOpen(): void {
    endActiveCalls()
    this.#custom.endAll()
    this.#open.endAll()
  }
}

function endActiveCalls(): void {
  let call = activeFeature()
  while (call instanceof FeatureCall) {
    const around: FeatureCall | undefined = call.parentCall
    call.abandon(FeatureStatus.PARTIAL, 'still open at shutdown')
    call = around
  }
}
