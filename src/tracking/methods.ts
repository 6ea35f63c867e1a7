import { EventEmitter } from 'node:events'
import { Stream } from 'node:stream'
import { types } from 'node:util'
import type { AnyFunction } from './types.js'

/** A method of an object: where it stands, and what stands there. */
export interface FoundMethod {
  readonly key: string | symbol
  readonly holder: object
  readonly property: PropertyDescriptor
}

/** Which methods: names, patterns in which `*` matches a run of characters, symbols; or a test of each name. */
export type MethodSelection = string | symbol | readonly (string | symbol)[] | ((name: string) => boolean)

/** The methods of an object that a selection means. No getter runs. @throws TypeError for a name that is no method */
export function findMethods(target: object, selection: MethodSelection, label: string): FoundMethod[] {
  if (typeof selection === 'function') return matching(target, selection)
  const found = new Map<string | symbol, FoundMethod>()
  for (const wanted of typeof selection === 'object' ? selection : [selection])
    for (const method of isPattern(wanted) ? likePattern(target, wanted, label) : [named(target, wanted, label)])
      found.set(method.key, method)
  return [...found.values()]
}

function likePattern(target: object, pattern: string, label: string): FoundMethod[] {
  const found = matching(target, matcher(pattern))
  if (found.length > 0) return found
  throw new TypeError(`instrument: ${label} has no method like ${JSON.stringify(pattern)}. ${suggestion(target)}`)
}

function isPattern(wanted: string | symbol): wanted is string {
  return typeof wanted === 'string' && wanted.includes('*')
}

function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  const expression = new RegExp(`^${parts.join('.*')}$`, 's')
  return (name) => expression.test(name)
}

function named(target: object, key: string | symbol, label: string): FoundMethod {
  for (const holder of chain(target)) {
    const property = Object.getOwnPropertyDescriptor(holder, key)
    if (property === undefined) continue
    if (typeof property.value === 'function') return { key, holder, property }
    const what = 'value' in property ? `a ${typeof property.value}` : 'a getter or setter, which is not run'
    throw new TypeError(`instrument: ${label}.${String(key)} is ${what}: name a method`)
  }
  throw new TypeError(`instrument: ${label} has no method ${String(key)}. ${suggestion(target)}`)
}

function suggestion(target: object): string {
  const names = matching(target, () => true).map(({ key }) => String(key))
  return names.length === 0 ? 'It has no methods' : `Its methods: ${names.slice(0, 20).join(', ')}`
}

/** Own and inherited methods by name, down to where Node's own classes begin. Constructors and classes are none. */
function matching(target: object, admits: (name: string) => boolean): FoundMethod[] {
  const found: FoundMethod[] = []
  const seen = new Set<string>(['constructor'])
  for (const holder of chain(target)) {
    if (isPlatform(holder)) break
    for (const key of Object.getOwnPropertyNames(holder)) {
      if (seen.has(key)) continue
      seen.add(key)
      const property = Object.getOwnPropertyDescriptor(holder, key)
      if (property === undefined || !isPlainMethod(property.value) || !isReplaceable(target, holder, property)) continue
      if (admits(key)) found.push({ key, holder, property })
    }
  }
  return found
}

function* chain(target: object): Generator<object> {
  for (let holder: object | null = target; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    if (types.isProxy(holder)) return
    yield holder
  }
}

/** Whether a value of this property can take another's place without an error. */
export function isReplaceable(target: object, holder: object, { configurable, writable }: PropertyDescriptor): boolean {
  return target === holder ? configurable === true || writable === true : Object.isExtensible(target)
}

function isPlainMethod(value: unknown): value is AnyFunction {
  if (typeof value !== 'function' || types.isProxy(value)) return false
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable !== false // that of a class is fixed
}

const NODE_CLASSES: ReadonlySet<object> = new Set(
  [EventEmitter, ...Object.values(Stream)].flatMap((item) =>
    typeof item === 'function' && typeof item.prototype === 'object' ? [item.prototype as object] : [],
  ),
)

/** Whether a prototype belongs to the language or to Node's emitters and streams. */
function isPlatform(holder: object): boolean {
  if (NODE_CLASSES.has(holder)) return true
  const made: unknown = Object.getOwnPropertyDescriptor(holder, 'constructor')?.value
  if (typeof made !== 'function' || types.isProxy(made)) return false
  const isPrototype = Object.getOwnPropertyDescriptor(made, 'prototype')?.value === holder
  return isPrototype && Function.prototype.toString.call(made).endsWith('{ [native code] }')
}
