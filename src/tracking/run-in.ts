import { type Context, context } from '@opentelemetry/api'
import { types } from 'node:util'

/** Runs a function in a context. A generator that it returns runs there too: its body only starts when it is read. */
export function runIn<R>(within: Context, fn: () => R): R {
  const result = context.with(within, fn)
  if (types.isGeneratorObject(result) && !types.isProxy(result)) bindSteps(result, within)
  return result
}

function bindSteps(generator: object, within: Context): void {
  for (const step of ['next', 'return', 'throw']) {
    const original: unknown = Reflect.get(generator, step)
    if (typeof original !== 'function') continue
    Reflect.defineProperty(generator, step, {
      configurable: true,
      writable: true,
      value(this: unknown, ...args: unknown[]): unknown {
        return context.with(within, () => Reflect.apply(original, this, args) as unknown)
      },
    })
  }
}
