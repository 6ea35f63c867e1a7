import { types } from 'node:util'

/** What `ownData` answers where there is no own data property. */
export const ABSENT: unique symbol = Symbol('absent')

/** The value of an own data property. An accessor is not run, and what is inherited is not looked at. */
export function ownData(value: object, key: string | number): unknown {
  const property = Object.getOwnPropertyDescriptor(value, key)
  return property !== undefined && 'value' in property ? property.value : ABSENT
}

/**
 * Whether a prototype is in a value's chain: `instanceof` without `Symbol.hasInstance`, and without running the traps
 * of a proxy that sits in the chain.
 */
export function inherits(value: object, prototype: object): boolean {
  for (let next = prototypeOf(value); next !== null; next = prototypeOf(next)) if (next === prototype) return true
  return false
}

/** The prototype of a value, or null where there is none or asking would run a proxy's trap. */
export function prototypeOf(value: object): object | null {
  if (types.isProxy(value)) return null
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || types.isProxy(prototype) ? null : prototype
}

/** Whether reading a property of a value could run a proxy's trap. */
export function meetsProxy(value: object): boolean {
  for (let next: object | null = value; next !== null; next = Object.getPrototypeOf(next) as object | null)
    if (types.isProxy(next)) return true
  return false
}
