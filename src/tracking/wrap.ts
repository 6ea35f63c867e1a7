import type { CheckedOptions } from './options.js'
import type { CallRunner, Work } from './run-call.js'
import type { AnyFunction, TrackOptions } from './types.js'

/**
 * A function that does what `fn` does, as a tracked call each time. It has the name, length, prototype and own
 * properties of `fn`, hands on `this`, and can be called with `new` where `fn` can.
 */
export function wrapFunction<F extends AnyFunction>(
  fn: F,
  options: CheckedOptions<TrackOptions>,
  runner: CallRunner,
): F {
  const work: Work = (self, args) => Reflect.apply(fn, self, args)
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    const target = new.target as AnyFunction | undefined
    if (target !== undefined) {
      const made = target === wrapper ? fn : target
      return runner.run(options, undefined, args, () => Reflect.construct(fn, args, made) as unknown)
    }
    return runner.run(options, this, args, work)
  }
  copyOwnProperties(fn, wrapper)
  return wrapper as unknown as F
}

function copyOwnProperties(from: object, to: object): void {
  for (const key of Reflect.ownKeys(from)) {
    // `arguments` and `caller` of sloppy functions cannot be defined, nor is there a use for them.
    const property = Reflect.getOwnPropertyDescriptor(from, key)
    if (property !== undefined && key !== 'arguments' && key !== 'caller') Reflect.defineProperty(to, key, property)
  }
  // An arrow function or method has no prototype; the wrapper's own must not show.
  if (!Object.hasOwn(from, 'prototype')) Reflect.set(to, 'prototype', undefined)
}
