import type { FeatureCall } from './feature-call.js'
import { watchAsyncGenerator } from './generator.js'
import { watchPromise } from './promise.js'

const prototype = ReadableStream.prototype

/**
 * Times a web stream to its end without reading or replacing it: the ways to read it are, on this stream alone, ways
 * that tell. A stream that is piped goes through one that counts.
 */
export function watchWebStream(stream: ReadableStream, call: FeatureCall): void {
  if (stream.locked) {
    call.succeed()
    return
  }
  own(stream, 'getReader', (options?: unknown) =>
    watchReader(Reflect.apply(prototype.getReader, stream, [options]) as Reader, call),
  )
  own(stream, 'cancel', (reason?: unknown) => {
    const cancelled = Reflect.apply(prototype.cancel, stream, [reason])
    if (!stream.locked) call.leave()
    return cancelled
  })
  own(stream, 'tee', () => {
    const branches = Reflect.apply(prototype.tee, stream, [])
    watchWebStream(branches[0], call)
    return branches
  })
  own(stream, 'pipeThrough', (pair: never, options?: never) => counted(stream, call).pipeThrough(pair, options))
  own(stream, 'pipeTo', (to: WritableStream, options?: never) => counted(stream, call).pipeTo(to, options))
  const values = (options?: never) => {
    const iterator = Reflect.apply(prototype.values, stream, [options])
    watchAsyncGenerator(iterator, call)
    return iterator
  }
  own(stream, 'values', values)
  own(stream, Symbol.asyncIterator, values)
}

interface Reader {
  readonly closed: Promise<unknown>
  releaseLock(): void
  read(...args: unknown[]): Promise<{ done: boolean; value?: unknown }>
  cancel(reason?: unknown): Promise<void>
}

function watchReader(reader: Reader, call: FeatureCall): Reader {
  const { read, cancel, releaseLock } = reader
  let released = false
  own(reader, 'releaseLock', () => {
    released = true
    Reflect.apply(releaseLock, reader, [])
  })
  // An error that comes while nobody reads is told here alone. The standard marks this promise as handled.
  reader.closed.then(ignore, (error: unknown) => {
    if (!released) call.fail(error)
  })
  own(reader, 'read', (...args: unknown[]) => {
    const result = read.apply(reader, args)
    watchPromise(
      result,
      call,
      (_, { done, value }) => {
        if (done) call.succeed()
        else if (!call.ended) call.item(value)
      },
      (_, error) => {
        call.fail(error)
      },
    )
    return result
  })
  own(reader, 'cancel', (reason?: unknown) => {
    call.leave()
    return Reflect.apply(cancel, reader, [reason])
  })
  return reader
}

/** The same chunks in a stream that counts them; a reader that leaves it early leaves the original. */
function counted(stream: ReadableStream, call: FeatureCall): ReadableStream {
  const reader = Reflect.apply(prototype.getReader, stream, []) as Reader
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          call.fail(error)
          throw error
        })
        if (done) {
          call.succeed()
          controller.close()
          return
        }
        call.item(value)
        controller.enqueue(value)
      },
      cancel(reason) {
        call.leave()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

function ignore(): void {}

function own(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { configurable: true, writable: true, value })
}
