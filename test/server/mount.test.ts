import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApp, type FeatureApp } from '../../src/server/index.js'
import { FeatureTracker } from '../../src/tracker/index.js'
import { openReader } from '../../src/store/index.js'
import { tempDatabase, tempFolder } from '../support/temp.js'
import { originalFile } from './support.js'

function made(options: Parameters<typeof createApp>[1] = {}): FeatureApp {
  const path = originalFile()
  const store = openReader(path)
  onTestFinished(() => store.close())
  return createApp(store, { dbPath: path, ...options })
}

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** What Express does to a request below `app.use(path, …)`, by its documentation. */
function likeExpress(path: string, { handler }: FeatureApp): RequestListener {
  return (request: IncomingMessage & { originalUrl?: string; baseUrl?: string }, response: ServerResponse) => {
    const url = request.url ?? ''
    if (url !== path && !url.startsWith(`${path}/`) && !url.startsWith(`${path}?`)) return response.writeHead(418).end()
    request.originalUrl = url
    request.baseUrl = path
    request.url = url.slice(path.length).replace(/^(?!\/)/, '/')
    handler(request, response)
  }
}

async function works(base: string): Promise<void> {
  const stats = await fetch(`${base}/api/stats`)
  expect(await stats.json()).toMatchObject({ total_calls: 160 })
  expect((await fetch(`${base}/api/feature/${encodeURIComponent('hash_text')}`)).status).toBe(200)
  const page = await fetch(`${base}/`)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect((await fetch(`${base}/api/nope`)).status).toBe(404)
  const live = await fetch(`${base}/api/live`)
  expect(live.headers.get('content-type')).toContain('text/event-stream')
  await live.body?.cancel()
}

describe('the application', () => {
  it('is a handler of node:http', async () => {
    await works(await listening(made().handler))
  })

  it('is mounted as Express mounts, and puts the slash where links need it', async () => {
    const url = await listening(likeExpress('/x/y', made()))
    await works(`${url}/x/y`)
    const bare = await fetch(`${url}/x/y`, { redirect: 'manual' })
    expect([bare.status, bare.headers.get('location')]).toEqual([308, 'y/'])
    expect((await fetch(`${url}/x/y`)).url).toBe(`${url}/x/y/`)
  })

  it('strips the path of a server that does not', async () => {
    await works(`${await listening(made({ basePath: '/usage' }).handler)}/usage`)
    expect(() => made({ basePath: 'usage?' })).toThrow('basePath is "usage?": give a path such as /usage')
  })

  it('is mounted in Hono', async () => {
    const host = new Hono()
    host.get('/', (context) => context.text('the host'))
    host.mount('/x/y', made().fetch)
    const server = serve({ fetch: host.fetch, port: 0, hostname: '127.0.0.1' })
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://localhost:${(server.address() as AddressInfo).port}`
    expect(await (await fetch(url)).text()).toBe('the host')
    await works(`${url}/x/y`)
  })

  it('shows what the tracker of its process has dropped', async () => {
    const tracker = new FeatureTracker({ dbPath: tempDatabase() })
    onTestFinished(() => tracker.shutdown())
    tracker.trackFeature('call')(() => 1)()
    await tracker.flush()
    const answer = await made({ tracker }).fetch(new Request('http://localhost/api/health'))
    expect(await answer.json()).toMatchObject({ tracker: { stored: 1, dropped: {}, waiting_records: 0 } })
  })

  it('serves the files of the page, hashed ones for ever, and nothing beside them', async () => {
    const folder = join(tempFolder(), 'page')
    mkdirSync(join(folder, 'assets'), { recursive: true })
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>x</title>')
    writeFileSync(join(folder, 'assets', 'index-AbCd1234.js'), `export const long = '${'x'.repeat(5000)}'`)
    writeFileSync(join(folder, '..', 'secret.txt'), 'secret')
    const { fetch: ask } = made({ pageFolder: folder })
    const get = (path: string, headers: Record<string, string> = {}) =>
      ask(new Request(`http://localhost${path}`, { headers }))
    expect((await get('/')).headers.get('cache-control')).toBe('no-cache')
    const script = await get('/assets/index-AbCd1234.js', { 'accept-encoding': 'gzip' })
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect(script.headers.get('content-encoding')).toBe('gzip')
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets',
      '/nope',
    ])
      expect((await get(path)).status, path).toBe(404)
  })
})
