import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { SharedAnswers } from '../answers.js'
import { ApiError } from '../errors.js'
import { LiveFeed } from '../live/feed.js'
import { liveResponse } from '../live/stream.js'
import { type Answer, etagOf, jsonAnswer, respond } from '../respond.js'
import { type AccessToken, logoutCookie } from '../security/token.js'
import { WidgetsFile } from '../widgets-file.js'
import type { Endpoint, Sources } from './endpoint.js'
import { ENDPOINTS } from './index.js'
import { inputOf } from './input.js'
import { openApiDocument } from './openapi.js'

const MAX_BODY_BYTES = 1_048_576

/** Who guesses tokens waits for each answer; milliseconds. */
const WRONG_TOKEN_MS = 300

type Given = Pick<Sources, 'store' | 'dbPath' | 'options'>

/** Gives the application all its paths below `api/`, and `metrics`. */
export function addApi(app: Hono, given: Given, token: AccessToken | undefined): Hono {
  const feed = new LiveFeed(given.store)
  const sources: Sources = { ...given, widgets: new WidgetsFile(given.dbPath), feed }
  const shared = new SharedAnswers<Answer>()
  for (const endpoint of ENDPOINTS) addEndpoint(app, endpoint, sources, shared)
  app.get('/api/live', (context) => liveResponse(sources.feed, context.req.raw))
  let document: Answer | undefined
  app.get('/api/openapi.json', (context) => respond(context.req.raw, (document ??= jsonAnswer(openApiDocument()))))
  addWidgets(app, sources)
  addLogin(app, token)
  const known = [
    ...ENDPOINTS.map(routeOf),
    '/api/live',
    '/api/openapi.json',
    '/api/widgets',
    '/api/login',
    '/api/logout',
  ]
  for (const path of known)
    app.all(path, (context) => {
      throw new ApiError('method_not_allowed', `${context.req.method} is not for ${context.req.path.slice(0, 200)}`)
    })
  app.all('/api/*', (context) => {
    throw new ApiError(
      'not_found',
      `there is nothing at ${context.req.path.slice(0, 200)}`,
      'api/openapi.json lists what there is',
    )
  })
  return app
}

function addEndpoint(app: Hono, endpoint: Endpoint, sources: Sources, shared: SharedAnswers<Answer>): void {
  app.get(routeOf(endpoint), async (context) => {
    const { raw, path } = context.req
    const query = new URL(raw.url).searchParams
    const input = inputOf(endpoint, query, pathInput(endpoint, path))
    // Who asks after an event was told must not get an answer that was begun before what it tells of.
    const moment = sources.feed.last.number
    const answer = await shared.get(`${moment} ${path}?${query.toString()}`, async () => {
      const found = await endpoint.handle(sources, input as never)
      return endpoint.type === undefined ? jsonAnswer(found) : (found as Answer)
    })
    return respond(raw, answer)
  })
}

/** The parameter of a path is its whole rest, slashes too. */
function routeOf({ path }: Endpoint): string {
  return path.replace(/\{(\w+)\}$/, ':$1{.+}')
}

/** @throws ApiError when the path is no UTF-8 */
function pathInput({ path, inPath }: Endpoint, given: string): Record<string, string> {
  const [name] = inPath
  if (name === undefined) return {}
  const encoded = given.slice(path.indexOf('{'))
  try {
    return { [name]: decodeURIComponent(encoded) }
  } catch {
    throw new ApiError(
      'bad_request',
      `${name} is ${JSON.stringify(encoded.slice(0, 100))}, which is not percent-encoded UTF-8`,
      'encode it as encodeURIComponent does',
    )
  }
}

function addWidgets(app: Hono, { widgets }: Sources): void {
  const answer = (text: string): Answer => ({ text, type: 'application/json; charset=utf-8' })
  app.get('/api/widgets', async (context) => respond(context.req.raw, answer(await widgets.read())))
  app.put('/api/widgets', limited(), async (context) => {
    const text = await widgets.write(await bodyOf(context.req.raw), context.req.header('if-match') ?? null)
    return context.body(text, 200, { 'content-type': 'application/json; charset=utf-8', etag: etagOf(text) })
  })
}

function addLogin(app: Hono, token: AccessToken | undefined): void {
  const isSecure = (url: string) => url.startsWith('https:')
  app.post('/api/login', limited(), async (context) => {
    const body = (await bodyOf(context.req.raw)) as { token?: unknown } | null
    if (typeof body?.token !== 'string') throw new ApiError('bad_request', 'token is missing: give {"token": "…"}')
    if (token === undefined) return context.body(null, 204)
    if (!token.isToken(body.token)) {
      await new Promise((resolve) => setTimeout(resolve, WRONG_TOKEN_MS))
      throw new ApiError('unauthorized', 'this is not the token', 'the server was started with it')
    }
    return context.body(null, 204, { 'set-cookie': token.loginCookie(isSecure(context.req.url)) })
  })
  app.post('/api/logout', (context) =>
    context.body(null, 204, { 'set-cookie': logoutCookie(isSecure(context.req.url)) }),
  )
}

function limited(): ReturnType<typeof bodyLimit> {
  return bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new ApiError('too_large', `the body is larger than ${MAX_BODY_BYTES} bytes`)
    },
  })
}

async function bodyOf(request: Request): Promise<unknown> {
  try {
    return JSON.parse(await request.text()) as unknown
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('bad_request', 'the body is no JSON')
  }
}
