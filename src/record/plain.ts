import { types } from 'node:util'
import { ABSENT, ownData } from './own-data.js'

export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }

const MAX_DEPTH = 8
const MAX_NODES = 1000
const MAX_KEY_LENGTH = 256

/** What to keep instead of a text, given the key that it stands under. */
export type TextFilter = (key: string, text: string) => string

/**
 * A copy of any value that `JSON.stringify` takes as it is: bounded in depth, number and length, free of cycles, and
 * made without running a getter, `toJSON` or proxy trap. What JSON cannot say becomes text in brackets.
 *
 * @param maxText the longest text to keep, in UTF-16 units
 * @param filter replaces texts before they are kept, such as user ids
 */
export function plainCopy(value: unknown, maxText: number, filter?: TextFilter, key = ''): Plain {
  return new PlainCopy(maxText, filter).value(value, key, 0)
}

class PlainCopy {
  readonly #maxText: number
  readonly #filter: TextFilter | undefined
  readonly #path: object[] = []
  #nodes = 0

  constructor(maxText: number, filter: TextFilter | undefined) {
    this.#maxText = maxText
    this.#filter = filter
  }

  value(value: unknown, key: string, depth: number): Plain {
    this.#nodes++
    if (typeof value === 'string') return this.#text(value, key)
    if (typeof value === 'number') return Number.isFinite(value) ? this.#number(value, key) : String(value)
    if (typeof value === 'boolean') return value
    if (typeof value === 'bigint')
      return this.#text(value < 1n << 256n && value > -(1n << 256n) ? String(value) : '[large bigint]', key)
    if (value === undefined || value === null) return null
    if (typeof value === 'function') return '[function]'
    if (typeof value === 'symbol') return '[symbol]'
    return this.#object(value, key, depth)
  }

  #text(text: string, key: string): string {
    const kept = shorten(text, this.#maxText)
    return this.#filter === undefined ? kept : shorten(this.#filter(key, kept), this.#maxText)
  }

  /** A number may be a user id too: where the filter changes its text, the text is kept. */
  #number(value: number, key: string): Plain {
    if (this.#filter === undefined) return value
    const text = String(value)
    const filtered = this.#filter(key, text)
    return filtered === text ? value : filtered
  }

  #object(value: object, key: string, depth: number): Plain {
    if (types.isProxy(value)) return '[proxy]'
    if (types.isDate(value)) return dateText(value)
    if (types.isNativeError(value)) return this.#text(String(ownText(value, 'message')), key)
    if (types.isArrayBuffer(value) || types.isSharedArrayBuffer(value) || ArrayBuffer.isView(value)) return '[binary]'
    if (this.#path.includes(value)) return '[circular]'
    if (depth >= MAX_DEPTH) return '[deep]'
    this.#path.push(value)
    const copy = this.#children(value, key, depth + 1)
    this.#path.pop()
    return copy
  }

  #children(value: object, key: string, depth: number): Plain {
    if (Array.isArray(value)) return this.#items(value, key, depth)
    if (types.isSet(value)) return this.#items([...first(Set.prototype.values.call(value), MAX_NODES)], key, depth)
    if (types.isMap(value)) return this.#entries(Map.prototype.entries.call(value), key, depth)
    return this.#fields(value, key, depth)
  }

  #items(items: readonly unknown[], key: string, depth: number): Plain {
    const copy: Plain[] = []
    for (let index = 0; index < items.length; index++) {
      if (this.#nodes >= MAX_NODES) return [...copy, `[${items.length - index} more]`]
      const item = ownData(items, index)
      copy.push(item === ABSENT ? null : this.value(item, key, depth))
    }
    return copy
  }

  #entries(entries: Iterable<[unknown, unknown]>, parent: string, depth: number): Plain {
    const copy: Record<string, Plain> = {}
    for (const [key, item] of entries) {
      if (this.#nodes >= MAX_NODES) break
      const plain = this.value(key, '', depth)
      const name = typeof plain === 'string' ? plain : JSON.stringify(plain)
      define(copy, this.#key(name), this.value(item, pathOf(parent, name), depth))
    }
    return copy
  }

  #fields(value: object, parent: string, depth: number): Plain {
    const copy: Record<string, Plain> = {}
    for (const key of Object.keys(value)) {
      if (this.#nodes >= MAX_NODES) break
      const item = ownData(value, key)
      if (item === ABSENT || item === undefined) continue
      define(copy, this.#key(key), this.value(item, pathOf(parent, key), depth))
    }
    return copy
  }

  #key(key: string): string {
    return shorten(key, MAX_KEY_LENGTH)
  }
}

/** Sets an own property whatever its name: an assignment to `__proto__` would set the prototype. */
export function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Well-formed text of at most `max` UTF-16 units; what was cut is replaced by an ellipsis. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed()
  return max <= 1 ? '' : `${text.slice(0, max - 1)}…`.toWellFormed()
}

function pathOf(parent: string, key: string): string {
  return parent === '' ? key : `${parent}.${key}`
}

function dateText(value: Date): string {
  const time = Date.prototype.getTime.call(value)
  return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString()
}

function ownText(value: object, key: string): string {
  const text = ownData(value, key)
  return typeof text === 'string' ? text : ''
}

function* first<T>(items: Iterable<T>, limit: number): Generator<T> {
  let left = limit
  for (const item of items) {
    if (left-- <= 0) return
    yield item
  }
}
