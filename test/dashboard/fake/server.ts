import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import type { AddressInfo } from 'node:net'
import type { CallRecord, ErrorCode, LiveCalls, WidgetsDocument } from '../../../src/server/contract.js'
import { ROOT } from '../../support/child.js'
import * as answers from './answers.js'
import { health } from './health.js'

/** The contract's policy: what a page may do that this server gives. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
    readonly hint: string | null = null,
  ) {
    super(message)
  }
}

export interface FakeServer {
  /** Where the page is; it ends with the prefix and a slash. */
  readonly url: string
  /** Stores calls and tells the live streams. */
  add(...records: CallRecord[]): void
  /** From now on every question gets this error; null ends it. */
  fail(status: number, code: ErrorCode | null, message?: string, hint?: string): void
  /** From now on questions wait with their answer, which is as it was when they came, until the function is called. */
  hold(): () => void
  /** From now on the API wants this token. */
  requireToken(token: string): void
  readonly widgets: () => WidgetsDocument
  /** Addresses that were asked for. */
  readonly asked: string[]
  close(): Promise<void>
}

/** The contract over records in memory, with what a test makes go wrong: for states that a real server is seldom in. */
export async function startFake(initial: readonly CallRecord[], prefix = '/'): Promise<FakeServer> {
  let records = [...initial]
  let failure: Refusal | null = null
  let token: string | null = null
  let held: Promise<void> = Promise.resolve()
  let widgets: WidgetsDocument = { version: 1, pages: [] }
  let version = 1
  const streams = new Set<ServerResponse>()
  const asked: string[] = []

  const give = (path: string, query: URLSearchParams): unknown => {
    if (failure !== null && path !== 'health' && path !== 'widgets') throw failure
    const found = (): CallRecord[] => answers.filtered(records, query)
    const limit = Number(query.get('limit') ?? 20)
    if (path === 'stats') return answers.stats(records, query)
    if (path === 'chart-data') {
      return {
        categories: answers.counts(found(), (record) => record.category),
        top_features: answers.counts(found(), (record) => record.feature_name),
        series: answers.series(records, query),
      }
    }
    if (path === 'recent-calls') return found().slice(0, limit)
    if (path === 'features') return { items: answers.features(records, query), next_cursor: null }
    if (path === 'feature') {
      const name = query.get('feature_name')
      if (!records.some((record) => record.feature_name === name)) {
        throw new Refusal(404, 'unknown_feature', `“${name}” was never called.`, 'Look at the overview for its name.')
      }
      return answers.feature(records, query)
    }
    if (path === 'records') return page(found(), query)
    if (path.startsWith('records/')) {
      const id = decodeURIComponent(path.slice('records/'.length))
      const record = records.find((item) => item.record_id === id)
      if (record === undefined) throw new Refusal(404, 'unknown_record', `There is no record ${id}.`)
      return { ...record, trace_records: records.filter((item) => item.trace_id === record.trace_id).length }
    }
    if (path.startsWith('traces/')) {
      const id = path.slice('traces/'.length)
      const trace = answers.trace(records, id)
      if (trace === null) throw new Refusal(404, 'unknown_trace', `There is no trace ${id}.`)
      return trace
    }
    if (path === 'query') return answers.figures(records, query)
    if (path === 'health') return health(records)
    if (path === 'widgets') return widgets
    throw new Refusal(404, 'not_found', `There is no ${path}.`)
  }

  const whenReleased = async (answer: () => string): Promise<string> => {
    const waits = held
    try {
      return answer()
    } finally {
      await waits
    }
  }

  const api = async (request: IncomingMessage, response: ServerResponse, url: URL, path: string): Promise<void> => {
    if (path === 'login') {
      const { token: given } = JSON.parse(await body(request)) as { token: string }
      if (given !== token) throw new Refusal(401, 'unauthorized', 'This is not the token.')
      response.writeHead(204, { 'set-cookie': `token=${token}; HttpOnly; SameSite=Strict` }).end()
      return
    }
    if (token !== null && request.headers.cookie !== `token=${token}`) {
      throw new Refusal(401, 'unauthorized', 'A token is needed.')
    }
    if (path === 'live') {
      if (failure !== null && failure.code !== 'no_database') throw failure
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`id: 0\nevent: hello\ndata: {"database":${failure === null}}\n\n`)
      streams.add(response)
      request.on('close', () => streams.delete(response))
      return
    }
    if (path === 'widgets' && request.method === 'PUT') {
      const match = request.headers['if-match']
      if (match !== undefined && match !== `"${version}"`) throw new Refusal(409, 'conflict', 'Somebody was faster.')
      widgets = JSON.parse(await body(request)) as WidgetsDocument
      version++
    }
    const text = await whenReleased(() => JSON.stringify(give(path, url.searchParams)))
    response.writeHead(200, { 'content-type': 'application/json', etag: `"${version}"`, 'cache-control': 'no-cache' })
    response.end(text)
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    asked.push(url.pathname + url.search)
    response.setHeader('content-security-policy', POLICY)
    const handle = async (): Promise<void> => {
      if (!url.pathname.startsWith(prefix)) throw new Refusal(404, 'not_found', 'Not below the prefix.')
      const path = url.pathname.slice(prefix.length)
      if (path.startsWith('api/')) await api(request, response, url, path.slice('api/'.length))
      else file(response, path)
    }
    handle().catch((error: unknown) => {
      const { status, code, message, hint } =
        error instanceof Refusal ? error : new Refusal(500, 'internal', String(error))
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { code, message, hint } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const tell = (event: string, data: unknown): void => {
    for (const stream of streams)
      stream.write(`id: ${records.length}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    asked,
    widgets: () => widgets,
    add: (...added) => {
      records = [...added, ...records]
      version++
      tell('calls', { records: added, count: added.length } satisfies LiveCalls)
    },
    fail: (status, code, message = '', hint = '') => {
      const before = failure
      failure = code === null ? null : new Refusal(status, code, message, hint)
      if (before !== null && failure === null) tell('reset', { reason: 'database_changed' })
    },
    hold: () => {
      let release: () => void = () => {}
      held = new Promise((resolve) => (release = resolve))
      return () => {
        held = Promise.resolve()
        release()
      }
    },
    requireToken: (wanted) => (token = wanted),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function page(
  found: readonly CallRecord[],
  query: URLSearchParams,
): { items: CallRecord[]; next_cursor: string | null } {
  const sorted = query.get('sort') === 'slowest' ? found.toSorted((a, b) => b.duration - a.duration) : found
  const from = Number(query.get('cursor') ?? 0)
  const to = from + Number(query.get('limit') ?? 100)
  return { items: sorted.slice(from, to), next_cursor: to < sorted.length ? String(to) : null }
}

function file(response: ServerResponse, path: string): void {
  const name = normalize(path === '' ? 'index.html' : path)
  try {
    const content = readFileSync(join(ROOT, 'dist/dashboard', name))
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(content)
  } catch {
    throw new Refusal(404, 'not_found', `There is no ${path}.`)
  }
}

async function body(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text
}
