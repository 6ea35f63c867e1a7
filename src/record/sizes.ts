import { types } from 'node:util'
import { ABSENT, inherits, ownData } from './own-data.js'

/** Longer strings are counted by their characters: reading their content could cost the caller milliseconds. */
const EXACT_STRING_LENGTH = 65_536
const MAX_NODES = 256
const MAX_DEPTH = 16
/** To look through a list of so many objects takes less than a Set of them. */
const MAX_LISTED = 32

/**
 * The size of a value in bytes, with bounded work and without side effects: no getter, `toJSON`, iterator of the
 * user's or proxy trap runs.
 *
 * Text counts its UTF-8 bytes (above 65,536 characters: one byte a character); buffers, typed arrays, array buffers
 * and blobs count their bytes; plain data counts the UTF-8 bytes of its JSON text, keys included; null, undefined,
 * functions and symbols count 0. Of more than 256 values, or 16 levels, the rest is estimated from those seen. The one
 * thing without a bound: the keys of a very wide object are listed by V8 before the first can be looked at.
 */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return textSize(value)
  if (typeof value === 'number') return numberSize(value)
  if (value === undefined || value === null) return 0
  if (typeof value !== 'object') return scalarSize(value)
  return new DataMeasure().object(value, 0)
}

/** The sizes of a call's arguments in sum, in bytes; see `sizeOf`. */
export function sizeOfAll(values: readonly unknown[]): number {
  let sum = 0
  const counted = Math.min(values.length, MAX_NODES)
  for (let index = 0; index < counted; index++) sum += sizeOf(values[index])
  return counted === values.length ? sum : extrapolate(sum, counted, values.length)
}

function textSize(text: string): number {
  return text.length > EXACT_STRING_LENGTH ? text.length : Buffer.byteLength(text)
}

/** Of most numbers it is told without making their text, which takes longer. */
function numberSize(value: number): number {
  const amount = Math.abs(value)
  if (!(amount < 1e9)) return Number.isFinite(value) ? String(value).length : 4
  const sign = value < 0 ? 1 : 0
  const whole = Math.trunc(amount)
  if (whole === amount) return sign + digitsOf(whole)
  const thousandths = Math.round(amount * 1000)
  // Numbers of three decimals lie further apart than doubles do here: none with fewer is the same double.
  if (thousandths / 1000 !== amount) return String(value).length
  const decimals = thousandths % 100 === 0 ? 1 : thousandths % 10 === 0 ? 2 : 3
  return sign + digitsOf(whole) + 1 + decimals
}

/** Decimal digits of a whole number below a thousand million. */
function digitsOf(value: number): number {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits++
  return digits
}

function scalarSize(value: unknown): number {
  if (typeof value === 'boolean') return value ? 4 : 5
  if (typeof value === 'bigint') return bigintSize(value)
  return 0
}

function bigintSize(value: bigint): number {
  if (value < 1n << 64n && value > -(1n << 64n)) return String(value).length
  return Math.round(value.toString(16).length * 1.2042)
}

const typedArrayLength = getter(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')
const dataViewLength = getter(DataView.prototype, 'byteLength')
const bufferLength = getter(ArrayBuffer.prototype, 'byteLength')
const sharedLength = getter(SharedArrayBuffer.prototype, 'byteLength')
const blobSize = getter(Blob.prototype, 'size')

function getter(prototype: object, name: string): (value: object) => number {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get as () => number
  return (value) => Reflect.apply(get, value, [])
}

/** Bytes of what holds bytes; undefined for everything else. Read through the built-in getters, not the object's own. */
function binarySize(value: object): number | undefined {
  if (types.isTypedArray(value)) return typedArrayLength(value)
  if (types.isArrayBuffer(value)) return bufferLength(value)
  if (types.isSharedArrayBuffer(value)) return sharedLength(value)
  if (types.isDataView(value)) return dataViewLength(value)
  if (types.isNativeError(value)) return undefined
  return inherits(value, Blob.prototype) ? blobOrNothing(value) : undefined
}

/** An object that only inherits from Blob has no size. */
function blobOrNothing(value: object): number | undefined {
  try {
    return blobSize(value)
  } catch {
    return undefined
  }
}

function extrapolate(sum: number, counted: number, total: number): number {
  return counted === 0 ? sum : Math.round((sum / counted) * total)
}

/** One walk over plain data; a value met twice counts once, as a cycle has no end. */
class DataMeasure {
  #nodes = 0
  /** Objects that were met. While they are few they are in a list: a Set gives every object a hash, which it then keeps. */
  readonly #few: object[] = []
  #many: Set<object> | undefined

  object(value: object, depth: number): number {
    if (types.isProxy(value)) return 0
    // Nearly all data: to ask what else it might be takes longer than to measure it.
    const isPlain = Object.getPrototypeOf(value) === Object.prototype && !ArrayBuffer.isView(value)
    const isArray = Array.isArray(value)
    const bytes = isPlain || isArray ? undefined : binarySize(value)
    if (bytes !== undefined) return bytes
    if (depth > MAX_DEPTH || this.#isKnown(value)) return 2
    if (isPlain) return this.#fields(value, depth)
    return isArray ? this.#array(value, depth) : this.#special(value, depth)
  }

  /** Whether a value was met before; from now on it was. */
  #isKnown(value: object): boolean {
    if (this.#many?.has(value) ?? this.#few.includes(value)) return true
    if (this.#many !== undefined) this.#many.add(value)
    else if (this.#few.push(value) === MAX_LISTED) this.#many = new Set(this.#few)
    return false
  }

  #special(value: object, depth: number): number {
    if (types.isMap(value)) return this.#collection(Map.prototype.entries.call(value), mapSize(value), depth)
    if (types.isSet(value)) return this.#collection(Set.prototype.values.call(value), setSize(value), depth)
    if (types.isDate(value)) return 26
    if (types.isNativeError(value)) return textSize(messageOf(value)) + 2
    if (types.isBoxedPrimitive(value)) return 8
    return this.#fields(value, depth)
  }

  #value(value: unknown, depth: number): number {
    this.#nodes++
    if (typeof value === 'string') return textSize(value) + 2
    if (typeof value === 'number') return numberSize(value)
    if (value === null) return 4
    if (typeof value !== 'object') return scalarSize(value)
    return this.object(value, depth)
  }

  #array(items: readonly unknown[], depth: number): number {
    let sum = 0
    let counted = 0
    for (; counted < items.length && this.#nodes < MAX_NODES; counted++) {
      const item = ownData(items, counted)
      sum += item === ABSENT ? 5 : this.#value(item, depth + 1) + 1
      if (item === ABSENT) this.#nodes++
    }
    return extrapolate(sum, counted, items.length) + 2
  }

  #collection(items: Iterable<unknown>, size: number, depth: number): number {
    let sum = 0
    let counted = 0
    for (const item of items) {
      if (this.#nodes >= MAX_NODES) break
      sum += this.#value(item, depth + 1) + 1
      counted++
    }
    return extrapolate(sum, counted, size) + 2
  }

  #fields(value: object, depth: number): number {
    let sum = 2
    for (const key of Object.keys(value)) {
      if (this.#nodes >= MAX_NODES) break
      const item = ownData(value, key)
      if (item !== ABSENT) sum += textSize(key) + 4 + this.#value(item, depth + 1)
    }
    return sum
  }
}

const mapSize = getter(Map.prototype, 'size')
const setSize = getter(Set.prototype, 'size')

function messageOf(error: Error): string {
  const message = ownData(error, 'message')
  return typeof message === 'string' ? message : ''
}
