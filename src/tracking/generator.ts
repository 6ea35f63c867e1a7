import { context } from '@opentelemetry/api'
import type { FeatureCall } from './feature-call.js'
import { watchPromise } from './promise.js'

type Step = 'next' | 'return' | 'throw'
type Result = IteratorResult<unknown>

const STEPS: readonly Step[] = ['next', 'return', 'throw']

/**
 * Times a generator to its end without replacing it: until it has ended, its three methods are its own properties, so
 * that each step runs in the call's context and is seen.
 */
export function watchGenerator(generator: object, call: FeatureCall): void {
  watchSteps(generator, call, (result, step) => {
    seen(result as Result, step, call)
  })
}

/** The same for an async generator, or any async iterator: each step gives a promise, which is watched. */
export function watchAsyncGenerator(generator: object, call: FeatureCall): void {
  watchSteps(generator, call, (result, step) => {
    watchPromise(
      result as Promise<Result>,
      undefined,
      (_, settled) => {
        seen(settled, step, call)
        if (call.ended) restore(generator)
      },
      (_, error) => {
        call.fail(error)
        restore(generator)
      },
    )
  })
}

function watchSteps(generator: object, call: FeatureCall, watch: (result: unknown, step: Step) => void): void {
  for (const step of STEPS) {
    const original = Reflect.get(generator, step) as ((value?: unknown) => unknown) | undefined
    if (typeof original !== 'function') continue
    Object.defineProperty(generator, step, {
      configurable: true,
      writable: true,
      value(this: unknown, ...args: [unknown?]): unknown {
        return take(call, () => Reflect.apply(original, this, args), step, watch, generator)
      },
    })
  }
}

function take(
  call: FeatureCall,
  work: () => unknown,
  step: Step,
  watch: (result: unknown, step: Step) => void,
  generator: object,
): unknown {
  if (call.ended) return work()
  let result: unknown
  try {
    result = context.with(call, work)
  } catch (error) {
    call.fail(error)
    restore(generator)
    throw error
  }
  watch(result, step)
  if (call.ended) restore(generator)
  return result
}

function seen(result: Result, step: Step, call: FeatureCall): void {
  if (call.ended) return
  if (result.done !== true) call.item(result.value)
  else if (step === 'return') call.leave()
  else call.succeed()
}

function restore(generator: object): void {
  for (const step of STEPS) Reflect.deleteProperty(generator, step)
}
