import { renameSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApp, type LiveCalls, startServer } from '../../src/server/index.js'
import { LiveFeed } from '../../src/server/live/feed.js'
import { type FeatureStoreExplorer, openReader, SqliteWriter } from '../../src/store/index.js'
import { draft } from '../support/drafts.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'
import { fileWith } from './support.js'

interface Event {
  readonly id: string | undefined
  readonly name: string
  readonly data: unknown
}

/** Reads a stream event by event. */
class Listener {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #text = ''

  constructor(response: Response) {
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader()
  }

  async next(): Promise<Event> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end < 0) {
        const { value, done } = await this.#reader.read()
        if (done) throw new Error('the stream ended')
        this.#text += this.#decoder.decode(value, { stream: true })
        continue
      }
      const lines = this.#text.slice(0, end).split('\n')
      this.#text = this.#text.slice(end + 2)
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      const name = field('event')
      if (name !== undefined) return { id: field('id'), name, data: JSON.parse(field('data') ?? 'null') as unknown }
    }
  }

  close(): Promise<void> {
    return this.#reader.cancel()
  }
}

function app(path: string) {
  const store = openReader(path)
  onTestFinished(() => store.close())
  const { fetch } = createApp(store, { dbPath: path })
  return async (headers: Record<string, string> = {}) => {
    const listener = new Listener(await fetch(new Request('http://localhost/api/live', { headers })))
    onTestFinished(() => listener.close())
    return listener
  }
}

function writerTo(path: string): SqliteWriter {
  const writer = new SqliteWriter(path)
  onTestFinished(() => writer.close())
  return writer
}

const namesOf = ({ data }: Event): string[] => (data as LiveCalls).records.map(({ feature_name }) => feature_name)

/** A reader whose usage statistics are answered when somebody says so. */
function slowReader(path: string) {
  const answers: (() => void)[] = []
  const reader = openReader(path)
  onTestFinished(() => reader.close())
  const stats = reader.getUsageStats.bind(reader)
  reader.getUsageStats = async (query) => {
    const found = await stats(query)
    await new Promise<void>((resolve) => answers.push(resolve))
    return found
  }
  return { reader, answers }
}

describe('the live stream', () => {
  it('is ahead of no answer: who asks after an event is not given what was begun before it', async () => {
    const path = await fileWith([record()])
    const { reader, answers } = slowReader(path)
    const { fetch } = createApp(reader, { dbPath: path })
    const ask = (url: string) => fetch(new Request(`http://localhost/api/${url}`))
    const listener = new Listener(await ask('live'))
    onTestFinished(() => listener.close())
    await listener.next()
    const before = [ask('stats'), ask('stats')]
    await expect.poll(() => answers.length).toBe(1)
    await writerTo(path).insertRecords([record({ featureName: 'later' })])
    expect((await listener.next()).name).toBe('calls')
    const after = ask('stats')
    await expect.poll(() => answers.length).toBe(2)
    for (const answer of answers) answer()
    const calls = await Promise.all([...before, after].map(async (asked) => (await asked).json()))
    expect(calls.map((found) => (found as { total_calls: number }).total_calls)).toEqual([1, 1, 2])
  })

  it('tells calls that any process stores, soon', async () => {
    const path = await fileWith([record()])
    const listener = await app(path)()
    expect(await listener.next()).toMatchObject({ name: 'hello', data: { database: true } })
    const writer = writerTo(path)
    await writer.insertRecords([record({ featureName: 'first' })])
    const since = performance.now()
    const event = await listener.next()
    console.log(`live: told ${(performance.now() - since).toFixed(0)} ms after it was committed`)
    expect([event.name, namesOf(event)]).toEqual(['calls', ['first']])
    await writer.insertRecords([record({ featureName: 'second' }), record({ featureName: 'third' })])
    expect(namesOf(await listener.next())).toEqual(['third', 'second'])
  })

  it('goes on where a client left off, each call once', async () => {
    const path = await fileWith([record()])
    const listen = app(path)
    const first = await listen()
    const hello = await first.next()
    const writer = writerTo(path)
    await writer.insertRecords([record({ featureName: 'seen' })])
    const seen = await first.next()
    await first.close()
    await writer.insertRecords([record({ featureName: 'missed' })])
    const again = await listen({ 'last-event-id': seen.id as string })
    await again.next()
    expect(namesOf(await again.next())).toEqual(['missed'])
    await writer.insertRecords([record({ featureName: 'later' })])
    expect(namesOf(await again.next())).toEqual(['later'])
    const fromStart = await listen({ 'last-event-id': hello.id as string })
    await fromStart.next()
    expect(namesOf(await fromStart.next())).toEqual(['later', 'missed', 'seen'])
  })

  it('says when it cannot go on', async () => {
    const path = await fileWith([record()])
    const listener = await app(path)({ 'last-event-id': '1.somebody-else' })
    await listener.next()
    expect(await listener.next()).toMatchObject({ name: 'reset', data: { reason: 'resumed_too_late' } })
  })

  it('says when the database comes', async () => {
    const path = tempDatabase()
    const listener = await app(path)()
    expect(await listener.next()).toMatchObject({ name: 'hello', data: { database: false } })
    // At once, with its row: who makes a file here is otherwise met between its table and its first row.
    renameSync(await fileWith([record()]), path)
    expect(await listener.next()).toMatchObject({ name: 'reset', data: { reason: 'database_changed' } })
    await writerTo(path).insertRecords([record({ featureName: 'next' })])
    expect(namesOf(await listener.next())).toEqual(['next'])
  })

  it('tells the first call of a database that came without any', async () => {
    const [path, made] = [tempDatabase(), await fileWith([record()])]
    const database = new Database(made)
    database.exec('DELETE FROM feature_usage')
    database.close()
    const listener = await app(path)()
    expect(await listener.next()).toMatchObject({ name: 'hello', data: { database: false } })
    renameSync(made, path)
    expect(await listener.next()).toMatchObject({ name: 'reset', data: { reason: 'database_changed' } })
    await writerTo(path).insertRecords([record({ featureName: 'first' })])
    expect(namesOf(await listener.next())).toEqual(['first'])
  })

  it('tells the number of a burst and its latest', async () => {
    const path = await fileWith([record()])
    const listener = await app(path)()
    await listener.next()
    const writer = writerTo(path)
    for (let index = 0; index < 1000; index++) writer.add(draft({ featureName: `call ${index}` }))
    await writer.flush()
    let count = 0
    while (count < 1000) {
      const { records, count: more } = (await listener.next()).data as LiveCalls
      expect(records.length).toBe(Math.min(more, 25))
      count += more
    }
    expect(count).toBe(1000)
  })
})

/** Counts the questions of a feed. */
function counted(store: FeatureStoreExplorer): { store: FeatureStoreExplorer; asked: () => number } {
  let asked = 0
  const getNews: FeatureStoreExplorer['getNews'] = (query) => {
    asked++
    return store.getNews(query)
  }
  return {
    store: new Proxy(store, {
      get: (target, name) => (name === 'getNews' ? getNews : (Reflect.get(target, name) as unknown)),
    }),
    asked: () => asked,
  }
}

describe('the feed', () => {
  it('costs 50 listeners no more than one, and nothing when nobody listens', async () => {
    const reader = openReader(await fileWith([record()]))
    onTestFinished(() => reader.close())
    const { store, asked } = counted(reader)
    const feed = new LiveFeed(store, 5)
    await Promise.all(Array.from({ length: 50 }, () => feed.join()))
    expect(asked()).toBe(1)
    await expect.poll(asked).toBeGreaterThan(3)
    for (let left = 0; left < 50; left++) feed.leave()
    expect(feed.clients).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 20))
    const after = asked()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(asked()).toBe(after)
  })

  it('lets go of clients that went away, over a real connection', async () => {
    const path = await fileWith([record()])
    const server = await startServer({ dbPath: path, port: 0 })
    onTestFinished(() => server.close())
    const clients = async () =>
      ((await (await fetch(`${server.url}api/health`)).json()) as { live_clients: number }).live_clients
    const aborts = Array.from({ length: 50 }, () => new AbortController())
    const responses = await Promise.all(aborts.map(({ signal }) => fetch(`${server.url}api/live`, { signal })))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    await expect.poll(clients).toBe(50)
    for (const abort of aborts) abort.abort()
    await expect.poll(clients, { timeout: 10_000 }).toBe(0)
  })
})
