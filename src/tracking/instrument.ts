import { types } from 'node:util'
import { ABSENT, ownData, prototypeOf, requireFeatureName, shorten } from '../record/index.js'
import { findMethods, type FoundMethod, isReplaceable, type MethodSelection } from './methods.js'
import type { AnyFunction, TrackOptions } from './types.js'

export interface InstrumentOptions extends Omit<TrackOptions, 'featureName'> {
  /**
   * Method names, patterns in which `*` matches a run of characters, symbols, or a test of each name. A pattern or test
   * takes own and inherited methods, but none of Node's emitters and streams or of the language.
   */
  methods: MethodSelection
  /** Stands in feature names for the class. The default is the name of the class. */
  name?: string | undefined
  /** The default is `{class}.{method}`; or a function of the method and the class that gives the name. */
  featureName?: string | ((method: string, className: string) => string) | undefined
  /** Of a class: its static methods, rather than those of its instances. */
  static?: boolean | undefined
}

type Track = (options: TrackOptions) => (fn: AnyFunction) => AnyFunction

/** Functions that `instrument` made: to instrument twice is to instrument once. */
const made = new WeakSet<object>()

/**
 * Puts tracked functions in the place of an object's methods. The object stays itself, so private fields, `instanceof`
 * and comparisons work as before. Inherited methods are shadowed on the object, and other objects are left alone.
 *
 * @returns a function that puts the methods back
 * @throws TypeError that names what is bad; nothing has changed then
 */
export function instrumentObject(object: unknown, options: InstrumentOptions, track: Track): () => void {
  const { methods, name, featureName, static: isStatic, ...trackOptions } = requireOptions(options)
  const target = targetOf(object, isStatic === true)
  const className = name ?? classNameOf(target)
  const label = className ?? 'the object'
  const found = findMethods(target, methods, label)
  for (const method of found) requireReplaceable(target, method, label)
  const tracked = found
    .filter(({ property }) => !made.has(property.value as object))
    .map((method) => {
      const names = featureNameOf(method.key, className, featureName)
      return { method, fn: track({ ...trackOptions, featureName: names })(method.property.value as AnyFunction) }
    })
    .filter(({ method, fn }) => fn !== method.property.value)
  const undo = tracked.map(({ method, fn }) => replace(target, method, fn))
  return () => {
    for (const putBack of undo) putBack()
  }
}

function requireOptions(options: InstrumentOptions): InstrumentOptions {
  const methods: unknown = options?.methods
  const isOne = (value: unknown): boolean => typeof value === 'symbol' || (typeof value === 'string' && value !== '')
  const isGood = Array.isArray(methods) ? methods.length > 0 && methods.every(isOne) : isOne(methods)
  if (isGood || typeof methods === 'function') return options
  throw new TypeError(
    `instrument: methods is ${Array.isArray(methods) ? 'a list with something else in it, or empty' : typeof methods}: give method names, patterns such as 'get*', or a function of the name`,
  )
}

function targetOf(object: unknown, isStatic: boolean): object {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null)
    throw new TypeError(`instrument was given ${object === null ? 'null' : typeof object}: give an object or a class`)
  if (types.isProxy(object))
    throw new TypeError('instrument was given a Proxy, which may change what is put there: give the object behind it')
  if (types.isModuleNamespaceObject(object))
    throw new TypeError('instrument was given a module, which cannot be changed: wrap its functions with trackFeature')
  if (typeof object === 'object' || isStatic) return object
  const prototype: unknown = ownData(object, 'prototype')
  if (typeof prototype === 'object' && prototype !== null) return prototype
  throw new TypeError('instrument was given a function that is no class: wrap it with trackFeature')
}

/** The class of an object as it says itself; undefined for plain objects. */
function classNameOf(target: object): string | undefined {
  if (typeof target === 'function') return textOf(ownData(target, 'name'))
  for (let holder: object | null = target; holder !== null; holder = prototypeOf(holder)) {
    const constructor = ownData(holder, 'constructor')
    if (constructor === ABSENT) continue
    if (constructor === Object || typeof constructor !== 'function' || types.isProxy(constructor)) return undefined
    return textOf(ownData(constructor, 'name'))
  }
  return undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function featureNameOf(
  key: string | symbol,
  className: string | undefined,
  template: InstrumentOptions['featureName'],
): string {
  const method = typeof key === 'symbol' ? `[${key.description ?? ''}]` : key
  if (typeof template === 'function') return requireFeatureName(template(method, className ?? ''))
  const text = template ?? '{class}.{method}'
  if (className === undefined && text.includes('{class}'))
    throw new TypeError(
      'instrument: the object is of no named class: give `name`, or a `featureName` such as "orders.{method}"',
    )
  const values: Readonly<Record<string, string>> = { class: className ?? '', method }
  return requireFeatureName(
    shorten(
      text.replaceAll(/\{(class|method)\}/g, (_, word: string) => values[word] as string),
      1000,
    ),
  )
}

function requireReplaceable(target: object, { key, holder, property }: FoundMethod, label: string): void {
  if (isReplaceable(target, holder, property)) return
  const why = Object.isFrozen(target)
    ? 'frozen'
    : target === holder
      ? 'not writable or configurable'
      : 'not extensible, and inherits it'
  throw new TypeError(
    `instrument: ${label}.${String(key)} cannot be replaced, since ${target === holder && why !== 'frozen' ? 'it' : 'the object'} is ${why}: instrument the class or the object before that, or wrap the function with trackFeature`,
  )
}

/** @returns puts back what was there, unless something else has taken the place meanwhile */
function replace(target: object, { key, holder, property }: FoundMethod, fn: AnyFunction): () => void {
  const before = target === holder ? property : undefined
  // A shadow is configurable, so that it can go again, and does not show when the object is listed.
  const after = { ...(before ?? { ...property, configurable: true, writable: true, enumerable: false }), value: fn }
  if (!Reflect.defineProperty(target, key, after))
    throw new TypeError(`instrument: ${String(key)} cannot be replaced: wrap the function with trackFeature`)
  made.add(fn)
  return () => {
    if (ownData(target, key as string) !== fn) return
    if (before === undefined) Reflect.deleteProperty(target, key)
    else Reflect.defineProperty(target, key, before)
  }
}
