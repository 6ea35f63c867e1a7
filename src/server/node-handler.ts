import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { ApiError } from './errors.js'
import { errorResponse } from './respond.js'
import { forbiddenHost } from './security/checks.js'
import { secured } from './security/headers.js'
import { isAllowedHost } from './security/host.js'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** The application as a handler of node:http. The Host is looked at first: a bad one makes no URL. */
export function nodeHandler(fetch: (request: Request) => Promise<Response>, hosts: ReadonlySet<string>): Handler {
  const listener = getRequestListener(fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => secured(errorResponse(new ApiError('bad_request', 'the request cannot be understood'))),
  })
  return (request, response) => {
    const { host } = request.headers
    if (!isAllowedHost(host, hosts)) void send(response, errorResponse(forbiddenHost(host ?? '')))
    else if (isMountPoint(request)) redirect(response, `${lastSegment(request)}/`)
    else void listener(request, response)
  }
}

/** A page's relative links need the slash; Express strips the path at which it mounts, with or without. */
function isMountPoint(request: IncomingMessage & { originalUrl?: string }): boolean {
  const original = request.originalUrl?.split('?')[0]
  return original !== undefined && /^\/?(\?|$)/.test(request.url ?? '') && !original.endsWith('/')
}

function lastSegment(request: IncomingMessage & { originalUrl?: string }): string {
  return request.originalUrl?.split('?')[0]?.split('/').at(-1) ?? ''
}

function redirect(response: ServerResponse, to: string): void {
  void send(response, new Response(null, { status: 308, headers: { location: to } }))
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  secured(answer)
  const body = await answer.text()
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body)
}
