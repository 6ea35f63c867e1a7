import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { collect } from '../support/collect.js'
import { tempFolder } from '../support/temp.js'

const SELF = new URL(import.meta.url)

describe('Node streams', () => {
  it('are timed to their end, with their bytes', async () => {
    const { tracking, record, spans } = collect()
    const stream = tracking.trackFeature('s')(() => createReadStream(SELF))()
    expect(spans).toHaveLength(0)
    let bytes = 0
    for await (const chunk of stream) bytes += (chunk as Buffer).length
    await expect.poll(() => spans).toHaveLength(1)
    expect(record()).toMatchObject({ status: 'success', outputSize: bytes })
  })

  it('left early are partial', async () => {
    const { tracking, record, spans } = collect()
    const stream = tracking.trackFeature('s')(() => Readable.from(['a', 'b', 'c']))()
    for await (const _chunk of stream) break
    await expect.poll(() => spans).toHaveLength(1)
    expect(record().status).toBe('partial')
  })

  it('that fail are failed, and the error stays unhandled where nobody handles it', async () => {
    const { tracking, record, spans } = collect()
    const stream = tracking.trackFeature('s')(() => createReadStream('/nonexistent/file'))()
    expect(stream.listenerCount('error')).toBe(0)
    stream.on('error', () => {})
    stream.resume()
    await expect.poll(() => spans).toHaveLength(1)
    expect(record()).toMatchObject({ status: 'failed', errorMessage: expect.stringContaining('ENOENT') as string })
  })

  it('in the middle of a pipeline are timed to their end', async () => {
    const { tracking, record, spans } = collect()
    const target = join(tempFolder(), 'out.gz')
    const gzip = tracking.trackFeature('gzip')(() => createGzip())()
    await pipeline(createReadStream(SELF), gzip, createWriteStream(target))
    await expect.poll(() => spans).toHaveLength(1)
    expect(record().status).toBe('success')
    expect(record().outputSize).toBeGreaterThan(100)
  })

  it('that can only be written are timed to their finish', async () => {
    const { tracking, record, spans } = collect()
    const stream = tracking.trackFeature('w')(() => new Writable({ write: (_chunk, _encoding, done) => done() }))()
    stream.write('abc')
    stream.end()
    await expect.poll(() => spans).toHaveLength(1)
    expect(record()).toMatchObject({ status: 'success', outputSize: 3 })
  })

  it('that were over when they came end at once', () => {
    const { tracking, record } = collect()
    const stream = new PassThrough()
    stream.destroy()
    expect(tracking.trackFeature('s')(() => stream)()).toBe(stream)
    expect(record().status).toBe('success')
  })
})

function webStream(chunks: unknown[], fail?: Error): ReadableStream<unknown> {
  let next = 0
  return new ReadableStream({
    pull(controller) {
      if (next < chunks.length) controller.enqueue(chunks[next++])
      else if (fail !== undefined) controller.error(fail)
      else controller.close()
    },
  })
}

describe('web streams', () => {
  const ways: [string, (stream: ReadableStream<unknown>) => Promise<unknown>][] = [
    ['for await', collectAll],
    ['a reader', readAll],
    ['pipeTo', async (stream) => stream.pipeTo(new WritableStream())],
    ['pipeThrough', async (stream) => readAll(stream.pipeThrough(new TransformStream()))],
    ['tee', async (stream) => Promise.all(stream.tee().map(readAll))],
    ['Response', async (stream) => new Response(stream.pipeThrough(new TextEncoderStream())).text()],
    ['Readable.fromWeb', async (stream) => collectAll(Readable.fromWeb(stream as never))],
  ]
  it.each(ways)('read by %s are timed to their end, with their bytes', async (_way, read) => {
    const { tracking, record, spans } = collect()
    const source = webStream(['ab', 'cde'])
    const stream = tracking.trackFeature('web')(() => source)()
    expect(Object.is(stream, source)).toBe(true)
    expect(spans).toHaveLength(0)
    await read(stream)
    await expect.poll(() => spans).toHaveLength(1)
    expect(record()).toMatchObject({ status: 'success', outputSize: 5, iterations: 2 })
  })

  it.each(ways.filter(([way]) => way !== 'tee'))('that fail while read by %s are failed', async (_way, read) => {
    const { tracking, record, spans } = collect()
    const stream = tracking.trackFeature('web')(() => webStream(['ab'], new Error('broken')))()
    await expect(read(stream)).rejects.toThrow()
    await expect.poll(() => spans).toHaveLength(1)
    expect(record()).toMatchObject({ status: 'failed', errorMessage: 'broken' })
  })

  it('left early are partial: a loop that breaks, a cancelled stream, a cancelled reader, a pipe whose end fails', async () => {
    const { tracking, records } = collect()
    const tracked = tracking.trackFeature('web')(() => webStream(['a', 'b', 'c']))
    for await (const _chunk of tracked()) break
    await tracked().cancel()
    const reader = tracked().getReader()
    await reader.read()
    await reader.cancel()
    const failing = new WritableStream({
      write() {
        throw new Error('full')
      },
    })
    await expect(tracked().pipeTo(failing)).rejects.toThrow('full')
    await expect.poll(() => records()).toHaveLength(4)
    expect(records().map(({ status }) => status)).toEqual(['partial', 'partial', 'partial', 'partial'])
  })
})

async function readAll(stream: ReadableStream<unknown>): Promise<unknown[]> {
  const reader = stream.getReader()
  const chunks: unknown[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return chunks
    chunks.push(value)
  }
}

async function collectAll(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}
