import { EventEmitter, errorMonitor } from 'node:events'
import type { Duplex, Readable, Writable } from 'node:stream'
import { types } from 'node:util'
import { ABSENT, ownData } from '../record/index.js'
import type { FeatureCall } from './feature-call.js'

type AnyStream = Readable | Writable | Duplex

/**
 * Times a Node stream to its end. It is not read, and its errors stay unhandled where the application does not handle
 * them (`errorMonitor`): chunks are counted as they are pushed into it, or written where it can only be written.
 */
export function watchNodeStream(stream: AnyStream, call: FeatureCall): void {
  const readable = isReadable(stream)
  if (isOver(stream, readable)) {
    end(stream.errored, call)
    return
  }
  if (readable) countCalls(stream, 'push', call)
  else countCalls(stream, 'write', call)
  if (readable && !stream.readableObjectMode) call.buffered(stream.readableLength)
  on(stream, readable ? 'end' : 'finish', () => {
    call.succeed()
  })
  on(stream, errorMonitor, (error) => {
    if (isLeaving(error)) call.leave()
    else call.fail(error)
  })
  on(stream, 'close', () => {
    call.leave()
  })
}

/**
 * A loop over a stream that is left early destroys it with an AbortError of Node's own; one that a signal caused has
 * the signal's reason as its cause.
 */
function isLeaving(error: unknown): boolean {
  if (!types.isNativeError(error)) return false
  return ownData(error, 'code') === 'ABORT_ERR' && ownData(error, 'cause') === ABSENT
}

function isReadable(stream: AnyStream): stream is Readable {
  return typeof (stream as Readable).push === 'function'
}

function isOver(stream: AnyStream, readable: boolean): boolean {
  return stream.destroyed || (readable ? (stream as Readable).readableEnded : (stream as Writable).writableFinished)
}

function end(error: Error | null, call: FeatureCall): void {
  if (error === null || error === undefined) call.succeed()
  else call.fail(error)
}

function countCalls(stream: AnyStream, method: 'push' | 'write', call: FeatureCall): void {
  const original = Reflect.get(stream, method) as (...args: unknown[]) => unknown
  Object.defineProperty(stream, method, {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]): unknown {
      if (args[0] !== null && args[0] !== undefined && !call.ended) call.item(args[0])
      return Reflect.apply(original, this, args)
    },
  })
}

function on(stream: AnyStream, event: string | symbol, listener: (value: unknown) => void): void {
  Reflect.apply(EventEmitter.prototype.on, stream, [event, listener])
}
