import { context } from '@opentelemetry/api'
import { describeError } from '../health/index.js'
import { FeatureStatus, sizeOf, sizeOfAll } from '../record/index.js'
import { activeFeature } from './context.js'
import { FeatureCall } from './feature-call.js'
import { userIdText } from './identity.js'
import { SilentContext } from './silent-feature.js'
import { observe, type Settle } from './observe.js'
import type { OpenCalls } from './open-calls.js'
import type { CheckedOptions } from './options.js'
import type { AnyFunction, Classification, TrackingHost, TrackOptions } from './types.js'

/** Runs a function; a closure for each call would cost more than to hand on what it needs. */
export type Work = (self: unknown, args: readonly unknown[], call: FeatureCall | undefined) => unknown

/** Runs functions as tracked calls. Whatever goes wrong in here is counted; the function runs all the same, once. */
export class CallRunner {
  readonly #host: TrackingHost
  readonly #open: OpenCalls

  constructor(host: TrackingHost, open: OpenCalls) {
    this.#host = host
    this.#open = open
  }

  /** @param work runs the function itself with `this`, arguments and the call; it runs in the call's context */
  run(options: CheckedOptions<TrackOptions>, self: unknown, args: readonly unknown[], work: Work): unknown {
    if (this.#host.isExcluded(options.featureName)) return runSilently(work, self, args)
    const call = this.#begin(options, self, args)
    if (call === undefined) return work(self, args, undefined)
    let result: unknown
    try {
      result = context.with(call, work, undefined, self, args, call)
    } catch (error) {
      this.#threw(options, call, error)
      throw error
    }
    try {
      this.#follow(options, call, self, result)
    } catch (error) {
      this.#failed(options, error)
    }
    return result
  }

  #threw(options: CheckedOptions<TrackOptions>, call: FeatureCall, thrown: unknown): void {
    try {
      this.#overdue(options, call)
      call.fail(thrown)
    } catch (error) {
      this.#failed(options, error)
    }
  }

  #begin(options: CheckedOptions<TrackOptions>, self: unknown, args: readonly unknown[]): FeatureCall | undefined {
    try {
      const userId = this.userId(options, self, args)
      const call = new FeatureCall(this.#host, options.featureName, options.category, userId, options.span)
      this.#measureInput(options, call, self, args)
      if (options.metadata !== undefined) {
        const metadata = this.perCall(options, 'metadata', self, args)
        if (metadata !== undefined) call.setMetadata(metadata as Record<string, unknown>)
      }
      return call
    } catch (error) {
      this.#failed(options, error)
      return undefined
    }
  }

  userId(
    options: CheckedOptions<Pick<TrackOptions, 'userId'>>,
    self: unknown,
    args: readonly unknown[],
  ): string | undefined {
    return options.userId === undefined ? undefined : userIdText(this.perCall(options, 'userId', self, args))
  }

  /** The value of an option that may be a function of the call. A function that throws gives undefined, and is counted. */
  perCall(
    options: { featureName: string; userId?: unknown; metadata?: unknown },
    name: 'userId' | 'metadata',
    self: unknown,
    args: readonly unknown[],
  ): unknown {
    const option = options[name]
    return typeof option === 'function'
      ? this.#callback(options.featureName, name, () => Reflect.apply(option as AnyFunction, self, args))
      : option
  }

  #measureInput(
    options: CheckedOptions<TrackOptions>,
    call: FeatureCall,
    self: unknown,
    args: readonly unknown[],
  ): void {
    const { input } = options
    if (input === undefined) {
      if (args.length > 0) call.measuredInput(args.length === 1 ? sizeOf(args[0]) : sizeOfAll(args))
      return
    }
    call.measuredInput(this.#measure(options.featureName, 'input', input as AnyFunction, self, args))
  }

  #follow(options: CheckedOptions<TrackOptions>, call: FeatureCall, self: unknown, result: unknown): void {
    if (typeof result !== 'object' || result === null) {
      this.#settle(options, call, self, result)
      call.succeed()
      return
    }
    observe(result, call, this.#settler(options, self))
    if (call.ended) return
    this.#open.add(call)
    if (options.timeout !== undefined) this.#watchTime(options.timeout, call)
  }

  /** What is done with the value that a call came to. Most options say nothing of it. */
  #settler(options: CheckedOptions<TrackOptions>, self: unknown): Settle {
    const { output, iterations, classify, timeout } = options
    // Compared one by one: `iterations` may be 0.
    const saysNothing =
      output === undefined && iterations === undefined && classify === undefined && timeout === undefined
    return saysNothing ? measureOutput : (call, value) => this.#settle(options, call, self, value)
  }

  #settle(options: CheckedOptions<TrackOptions>, call: FeatureCall, self: unknown, value: unknown): void {
    const { output, iterations, classify } = options
    call.measuredOutput(
      output === undefined
        ? sizeOf(value)
        : this.#measure(options.featureName, 'output', output as AnyFunction, self, [value]),
    )
    if (iterations !== undefined) this.#countIterations(options.featureName, call, iterations, value)
    if (classify !== undefined) this.#classify(options.featureName, call, () => (classify as AnyFunction)(value))
    if (options.timeout !== undefined) this.#overdue(options, call)
  }

  #countIterations(
    featureName: string,
    call: FeatureCall,
    iterations: NonNullable<TrackOptions['iterations']>,
    value: unknown,
  ): void {
    const count =
      typeof iterations === 'number'
        ? iterations
        : this.#callback(featureName, 'iterations', () => (iterations as AnyFunction)(value))
    call.setIterations(count as number)
  }

  #measure(
    featureName: string,
    name: 'input' | 'output',
    measure: AnyFunction,
    self: unknown,
    args: readonly unknown[],
  ): number {
    return sizeFrom(this.#callback(featureName, name, () => Reflect.apply(measure, self, args)))
  }

  #classify(featureName: string, call: FeatureCall, classify: () => unknown): void {
    const said = this.#callback(featureName, 'classify', classify)
    if (typeof said === 'string') call.setStatus(said as FeatureStatus)
    else if (typeof said === 'object' && said !== null) {
      const { status, errorMessage, errorType } = said as Exclude<Classification, string | undefined>
      call.setStatus(status, errorMessage, errorType)
    }
  }

  /** A call that took longer than its limit counts as a time-out, however it ended. */
  #overdue({ timeout }: TrackOptions, call: FeatureCall): void {
    if (timeout !== undefined && call.elapsed > timeout) call.abandon(FeatureStatus.TIMEOUT, timeoutMessage(timeout))
  }

  #watchTime(timeout: number, call: FeatureCall): void {
    const timer = setTimeout(
      () => {
        call.abandon(FeatureStatus.TIMEOUT, timeoutMessage(timeout))
      },
      Math.min(timeout * 1000, MAX_TIMER_MS),
    )
    timer.unref()
    call.atEnd(() => {
      clearTimeout(timer)
    })
  }

  #callback(featureName: string, name: string, callback: () => unknown): unknown {
    try {
      return callback()
    } catch (error) {
      this.#host.count('callback_failed', () => `${name} of feature ${featureName} threw: ${describeError(error)}`)
      return undefined
    }
  }

  #failed({ featureName }: { featureName: string }, error: unknown): void {
    this.#host.count(
      'tracking_failed',
      () => `a call of feature ${featureName} could not be tracked: ${describeError(error)}`,
    )
  }
}

function measureOutput(call: FeatureCall, value: unknown): void {
  call.measuredOutput(sizeOf(value))
}

/** `setTimeout` takes no longer time. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Runs an excluded feature. */
function runSilently(work: Work, self: unknown, args: readonly unknown[]): unknown {
  if (activeFeature() === undefined) return work(self, args, undefined)
  return context.with(new SilentContext(context.active()), work, undefined, self, args, undefined)
}

function sizeFrom(measured: unknown): number {
  return typeof measured === 'number' ? Math.max(0, measured) : sizeOf(measured)
}

function timeoutMessage(timeout: number): string {
  return `took longer than ${timeout} s`
}
