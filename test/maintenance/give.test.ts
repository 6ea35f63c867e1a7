import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { give } from '../../src/maintenance/export/give.js'

/** Takes each piece late, and copies it only then. */
class Slow extends Writable {
  readonly taken: string[] = []

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error) => void): void {
    setTimeout(() => {
      this.taken.push(bytes.toString())
      done()
    }, 5)
  }
}

/** Pieces in two places by turns. */
function* pieces(count: number, onPiece: (number: number) => void = () => {}): Generator<Uint8Array> {
  const places = [new Uint8Array(1), new Uint8Array(1)] as const
  for (let number = 0; number < count; number++) {
    onPiece(number)
    const place = places[number % 2] as Uint8Array
    place[0] = 97 + number
    yield place
  }
}

describe('give', () => {
  it('lets the memory of a piece be used again when the piece after the next is asked for', async () => {
    const stream = new Slow({ highWaterMark: 1_000_000 })
    await give(pieces(6), stream, true)
    expect(stream.taken.join('')).toBe('abcdef')
    expect(stream.writableFinished).toBe(true)
  })

  it('leaves a stream open that is to stay so, and without listeners', async () => {
    const stream = new Slow()
    await give(pieces(3), stream, false)
    expect([stream.taken.join(''), stream.writableEnded]).toEqual(['abc', false])
    expect(stream.listenerCount('error') + stream.listenerCount('close')).toBe(0)
  })

  it.each([true, false])('throws what the stream breaks with, and makes no further pieces (ended: %j)', async (end) => {
    const broken = new Error('the disk is full')
    const stream = new Writable({ write: (_bytes, _encoding, done) => setTimeout(done, 2, broken) })
    let made = 0
    await expect(
      give(
        pieces(20, () => made++),
        stream,
        end,
      ),
    ).rejects.toBe(broken)
    expect(made).toBeLessThanOrEqual(2)
    expect(stream.destroyed).toBe(true)
    await sleep(5)
  })

  it('is not in the way of a stream that tells late what it broke with, as a file on a full disk does', async () => {
    const broken = new Error('the disk is full')
    const stream = new Writable({
      write: (_bytes, _encoding, done) => setTimeout(done, 2, broken),
      destroy: (error, done) => setTimeout(done, 10, error),
    })
    await expect(give(pieces(3), stream, true)).rejects.toBe(broken)
    // Without a listener the event would end the process.
    await sleep(30)
    expect([stream.closed, stream.errored]).toEqual([true, broken])
  })

  it('does not wait for a stream that is gone', async () => {
    const stream = new Writable({ write: () => {} })
    setTimeout(() => stream.destroy(), 5)
    await expect(give(pieces(3), stream, true)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    await expect(give(pieces(3), stream, true)).rejects.toMatchObject({ code: /^ERR_STREAM_/ })
  })

  it('stops at a signal, also while a piece is on its way', async () => {
    const stream = new Writable({ write: () => {} })
    const [stop, reason] = [new AbortController(), new Error('stopped by its user')]
    setTimeout(() => stop.abort(reason), 5)
    await expect(give(pieces(3), stream, true, stop.signal)).rejects.toBe(reason)
    expect(stream.destroyed).toBe(true)
    await expect(give(pieces(3), new Slow(), false, stop.signal)).rejects.toBe(reason)
  })

  it('throws what the making of a piece throws, and destroys what it would have ended', async () => {
    const wrong = new TypeError('no such row')
    const stream = new Slow()
    const making = pieces(5, (number) => {
      if (number === 3) throw wrong
    })
    await expect(give(making, stream, true)).rejects.toBe(wrong)
    expect([stream.destroyed, stream.writableFinished]).toEqual([true, false])
  })
})
