import { finished, type Writable } from 'node:stream'

/**
 * Gives pieces to a stream, one on its way while the next is made. The memory of a piece may be used again when the piece
 * after the next is asked for.
 * @param end whether the stream ends with the last piece; it is destroyed where something fails, then
 * @throws what the stream or the making of a piece throws, or the reason of the signal
 */
export async function give(
  pieces: Iterable<Uint8Array>,
  stream: Writable,
  end: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const taker = new Taker(stream, signal)
  try {
    let last: Promise<void> | undefined
    for (const piece of pieces) {
      await last
      last = taker.take(piece)
    }
    await last
    if (end) await taker.end()
  } catch (error) {
    // A file tells its event only when it is closed; that error is known, and without a listener it would end the process.
    stream.on('error', () => {})
    if (end) stream.destroy()
    throw error
  } finally {
    taker.leave()
  }
}

/** A stream that may break or be stopped while it takes something. */
class Taker {
  readonly #stream: Writable
  readonly #forget: () => void
  readonly #ended: Promise<void>
  #failure: { readonly error: unknown } | undefined
  #reject: ((error: unknown) => void) | undefined

  constructor(stream: Writable, signal: AbortSignal | undefined) {
    this.#stream = stream
    let forget = (): void => {}
    this.#ended = new Promise((resolve, reject) => {
      const options = signal === undefined ? { readable: false } : { readable: false, signal }
      forget = finished(stream, options, (error) => {
        if (error === undefined || error === null) return resolve()
        this.#failure = { error: signal?.aborted === true ? signal.reason : error }
        this.#reject?.(this.#failure.error)
        reject(this.#failure.error)
      })
    })
    this.#forget = forget
    // It is told of by what is under way.
    this.#ended.catch(() => {})
  }

  /** Resolves when the stream needs the bytes no more. */
  take(bytes: Uint8Array): Promise<void> {
    const taken = new Promise<void>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error)
      this.#reject = reject
      this.#stream.write(bytes, (error) => {
        if (error === undefined || error === null) resolve()
        else reject(error)
      })
    })
    // The next piece may be under way before this one is waited for.
    taken.catch(() => {})
    return taken
  }

  async end(): Promise<void> {
    this.#stream.end()
    await this.#ended
  }

  leave(): void {
    this.#forget()
  }
}
