import type { Hono } from 'hono'
import { ApiError } from '../errors.js'
import { secured } from './headers.js'
import { isAllowedHost } from './host.js'
import { requireSameOrigin } from './origin.js'
import type { AccessToken } from './token.js'

/** Paths that need no token: with it they would be out of reach, and they tell nothing. */
const OPEN = new Set(['/api/login', '/api/logout'])

/** What is asked of every request before it is answered, and put on every answer. */
export function addChecks(app: Hono, hosts: ReadonlySet<string>, token: AccessToken | undefined): void {
  app.use('*', async (context, next) => {
    const { raw, path, method } = context.req
    const host = raw.headers.get('host') ?? new URL(raw.url).host
    if (!isAllowedHost(host, hosts)) throw forbiddenHost(host)
    if (!['GET', 'HEAD'].includes(method)) requireSameOrigin(raw, host)
    if (token !== undefined && isGuarded(path) && !token.letsIn(raw.headers))
      throw new ApiError(
        'unauthorized',
        'this needs the token',
        'send it in Authorization: Bearer, or log in with POST api/login',
      )
    await next()
    secured(context.res)
  })
}

export function forbiddenHost(host: string): ApiError {
  return new ApiError(
    'forbidden_host',
    `the Host header is ${JSON.stringify(host.slice(0, 200))}, which is not a name of this server`,
    'use localhost, or allow the name: --allow-host, allowedHosts',
  )
}

function isGuarded(path: string): boolean {
  return (path.startsWith('/api/') || path === '/metrics') && !OPEN.has(path)
}
