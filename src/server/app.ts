import type { IncomingMessage, ServerResponse } from 'node:http'
import { Hono } from 'hono'
import { resolveSettings } from '../config/index.js'
import type { FeatureStoreExplorer } from '../store/index.js'
import { ApiError, apiErrorOf } from './errors.js'
import { nodeHandler } from './node-handler.js'
import type { AppOptions } from './options.js'
import { Page } from './page.js'
import { errorResponse } from './respond.js'
import { addChecks } from './security/checks.js'
import { secured } from './security/headers.js'
import { allowedHosts } from './security/host.js'
import { AccessToken } from './security/token.js'

/** The dashboard and its API, to be mounted in a server. Nothing is asked of the store before the first request. */
export interface FeatureApp {
  /** For Hono and whatever else speaks in the web's Request and Response. */
  fetch(request: Request): Promise<Response>
  /** For node:http, Express and Fastify. */
  handler(request: IncomingMessage, response: ServerResponse): void
}

/**
 * Makes the dashboard and its HTTP API over a store; contract.ts says what is asked and answered. The store stays the
 * caller's, who closes it. An `IsolatedReader` is the store to give: it alone can end a question that takes too long.
 *
 * Who may see it is up to the server that it is mounted in, unless `token` is set. Requests for other hosts than
 * `localhost` and its addresses are refused unless `allowedHosts` has their names.
 *
 * @throws TypeError or RangeError when an option is bad
 */
export function createApp(store: FeatureStoreExplorer, options: AppOptions = {}): FeatureApp {
  const dbPath = resolveSettings({ dbPath: options.dbPath }).dbPath
  const base = basePathOf(options.basePath)
  const token = options.token === undefined ? undefined : new AccessToken(options.token)
  const makeRouter = (): Hono => {
    // The path as it was sent: what is percent-encoded in it may be part of a name.
    const router = new Hono({ getPath: (request) => pathBelow(request.url, base) })
    return router.onError(answerTo)
  }
  // What describes the API takes a while to load: the page, which is asked for first, does not wait for it.
  const loadApi = once(async () => {
    const { addApi } = await import('./api/routes.js')
    return addApi(makeRouter(), { store, dbPath, options }, token)
  })
  const app = makeRouter()
  addChecks(app, allowedHosts(options.allowedHosts), token)
  for (const path of ['/api/*', '/metrics']) app.all(path, async ({ req }) => (await loadApi()).fetch(req.raw))
  addPage(app, new Page(options.pageFolder), () => void loadApi())
  const fetch = async (request: Request): Promise<Response> => app.fetch(request)
  return { fetch, handler: nodeHandler(fetch, allowedHosts(options.allowedHosts)) }
}

function answerTo(error: unknown): Response {
  const answer = apiErrorOf(error)
  if (answer.code === 'internal') console.error(error)
  return secured(errorResponse(answer))
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** @param onPage called when somebody has asked for the page itself, which will ask for more */
function addPage(app: Hono, page: Page, onPage: () => void): void {
  app.get('*', (context) => {
    const found = page.response(context.req.path, context.req.raw)
    if (found === undefined) throw notFound(context.req.path)
    if (context.req.path === '/') setImmediate(onPage)
    return found
  })
  app.all('*', (context) => {
    throw notFound(context.req.path)
  })
}

function notFound(path: string): ApiError {
  return new ApiError('not_found', `there is nothing at ${path.slice(0, 200)}`, 'api/openapi.json lists what there is')
}

/** @throws TypeError when it is no path */
function basePathOf(given: string | undefined): string {
  const path = (given ?? '').replace(/\/+$/, '')
  if (path === '' || /^(\/[\w.~-]+)+$/.test(path)) return path
  throw new TypeError(`basePath is ${JSON.stringify(given)}: give a path such as /usage`)
}

function pathBelow(url: string, base: string): string {
  const begin = url.indexOf('/', url.indexOf('://') + 3)
  const end = url.search(/[?#]/)
  const path = begin < 0 ? '/' : url.slice(begin, end < 0 ? undefined : end)
  if (base !== '' && (path === base || path.startsWith(`${base}/`))) return path.slice(base.length) || '/'
  return path
}
