import { Stream } from 'node:stream'
import { types } from 'node:util'
import { ABSENT, inherits, ownData, prototypeOf } from '../record/index.js'
import type { FeatureCall } from './feature-call.js'
import { watchAsyncGenerator, watchGenerator } from './generator.js'
import { watchNodeStream } from './node-stream.js'
import { watchPromise } from './promise.js'
import { watchWebStream } from './web-stream.js'

/** What is done with the value that a call came to, before the call ends well. */
export type Settle = (call: FeatureCall, value: unknown) => void

/**
 * Ends a call when what it returned has come to its end: a promise when it settles, a generator or stream when it is
 * used up or left, anything else at once. Thenables that are no native promises are left alone: many are lazy, and to
 * call `then` would run a query. The value itself is never replaced.
 */
export function observe(result: unknown, call: FeatureCall, settle: Settle): void {
  if (types.isPromise(result)) return observePromise(result, call, settle)
  if (typeof result !== 'object' || result === null || types.isProxy(result)) return finish(result, call, settle)
  if (!observeItems(result, call)) finish(result, call, settle)
}

function finish(value: unknown, call: FeatureCall, settle: Settle): void {
  settle(call, value)
  call.succeed()
}

function observePromise(promise: Promise<unknown>, call: FeatureCall, settle: Settle): void {
  // A subclass with its own `then` is a lazy thenable in a promise's clothes.
  if (!isPlainPromise(promise) && thenOf(promise) !== Promise.prototype.then) return finish(undefined, call, settle)
  call.settle = settle
  watchPromise(promise, call, fulfilled, rejected)
}

function fulfilled(call: FeatureCall, value: unknown): void {
  if (call.ended) return
  if (typeof value === 'object' && value !== null && !types.isProxy(value) && observeItems(value, call)) return
  finish(value, call, call.settle as Settle)
}

function rejected(call: FeatureCall, reason: unknown): void {
  call.fail(reason)
}

/** Nearly every promise: looked at first, for it is quick. */
function isPlainPromise(promise: object): boolean {
  return (
    Object.getPrototypeOf(promise) === Promise.prototype &&
    Promise.prototype.then === nativeThen &&
    !Object.hasOwn(promise, 'then')
  )
}

// oxlint-disable-next-line typescript/unbound-method -- only compared
const nativeThen = Promise.prototype.then

/** The `then` that a promise has, or undefined where an accessor or a proxy would have to say. */
function thenOf(promise: object): unknown {
  for (let next: object | null = promise; next !== null; next = prototypeOf(next)) {
    const then = ownData(next, 'then')
    if (then !== ABSENT) return then
  }
  return undefined
}

/** @returns whether the value is one that gives items over time, and is being watched */
function observeItems(value: object, call: FeatureCall): boolean {
  try {
    if (types.isGeneratorObject(value)) {
      if (Symbol.asyncIterator in value) watchAsyncGenerator(value, call)
      else watchGenerator(value, call)
      return true
    }
    if (inherits(value, Stream.prototype)) {
      watchNodeStream(value as never, call)
      return true
    }
    if (inherits(value, ReadableStream.prototype)) {
      watchWebStream(value as ReadableStream, call)
      return true
    }
  } catch {
    // A frozen or otherwise unusual object cannot be watched; the call then ends as it returns.
  }
  return false
}
