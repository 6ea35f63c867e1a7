import type { AnyFunction } from './types.js'

/** What `trackFeature(…)` gives: a wrapper of functions that also is a method decorator of either kind. */
export interface FeatureDecorator {
  /** Wraps a function, or decorates a method, getter, setter or field (TC39 decorators, as TypeScript 5 and later compile them). */
  <F extends AnyFunction>(fn: F, context: ClassMethodDecoratorContext): F
  <This, Value>(getter: (this: This) => Value, context: ClassGetterDecoratorContext<This, Value>): (this: This) => Value
  <This, Value>(
    setter: (this: This, value: Value) => void,
    context: ClassSetterDecoratorContext<This, Value>,
  ): (this: This, value: Value) => void
  <This, F>(value: undefined, context: ClassFieldDecoratorContext<This, F>): (this: This, initial: F) => F
  /** Decorates a method (TypeScript's `experimentalDecorators`). */
  <T>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>): TypedPropertyDescriptor<T>
  <F extends AnyFunction>(fn: F): F
}

type Wrap = (fn: AnyFunction) => AnyFunction

/** @param wrap wraps a function; gives it back as it is when tracking is off */
export function makeDecorator(wrap: Wrap, featureName: string): FeatureDecorator {
  const decorator = (target: unknown, context?: unknown, descriptor?: unknown): unknown => {
    if (typeof context === 'string' || typeof context === 'symbol')
      return legacy(wrap, featureName, context, descriptor)
    if (isDecoratorContext(context)) return standard(wrap, featureName, target, context)
    if (typeof target === 'function') return wrap(target as AnyFunction)
    throw new TypeError(
      `feature ${featureName}: trackFeature was given ${target === null ? 'null' : typeof target}, give a function`,
    )
  }
  return decorator as FeatureDecorator
}

interface DecoratorContext {
  readonly kind: string
  readonly name: string | symbol
}

function isDecoratorContext(value: unknown): value is DecoratorContext {
  return typeof value === 'object' && value !== null && typeof (value as DecoratorContext).kind === 'string'
}

function standard(wrap: Wrap, featureName: string, target: unknown, { kind, name }: DecoratorContext): unknown {
  if (kind === 'field')
    return (initial: unknown) => (typeof initial === 'function' ? wrap(initial as AnyFunction) : initial)
  if (typeof target === 'function' && kind !== 'class') return wrap(target as AnyFunction)
  throw new TypeError(
    `feature ${featureName}: cannot decorate the ${kind} ${String(name)}; decorate a method, getter, setter or field`,
  )
}

function legacy(wrap: Wrap, featureName: string, key: string | symbol, descriptor: unknown): PropertyDescriptor {
  const found = descriptor as PropertyDescriptor | undefined
  if (typeof found?.value === 'function') return { ...found, value: wrap(found.value as AnyFunction) }
  if (found?.get !== undefined) return { ...found, get: wrap(found.get as AnyFunction) as () => unknown }
  if (found?.set !== undefined) return { ...found, set: wrap(found.set as AnyFunction) as (value: unknown) => void }
  throw new TypeError(
    `feature ${featureName}: cannot decorate ${String(key)}; decorate a method, getter or setter, or wrap the function where the field gets its value`,
  )
}
