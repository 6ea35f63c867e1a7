import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { ApiError } from './errors.js'

const compress = promisify(gzip)

/** Shorter bodies fit into one packet as they are. */
const MIN_COMPRESSED = 1400

export interface Answer {
  readonly text: string
  readonly type: string
  readonly headers?: Readonly<Record<string, string>>
}

export function jsonAnswer(value: unknown): Answer {
  return { text: JSON.stringify(value), type: 'application/json; charset=utf-8' }
}

/** The ETag of a text: weak, since it is the same for the compressed one. */
export function etagOf(text: string): string {
  return `W/"${createHash('sha1').update(text).digest('base64url')}"`
}

/** The response to a GET: 304 where the client has it already, compressed where it takes that. */
export async function respond(request: Request, { text, type, headers }: Answer): Promise<Response> {
  const etag = etagOf(text)
  const all = new Headers({
    etag,
    vary: 'Accept-Encoding, Cookie, Authorization',
    'cache-control': 'private, no-cache',
    ...headers,
  })
  if (matches(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers: all })
  all.set('content-type', type)
  if (text.length < MIN_COMPRESSED || !/\bgzip\b/.test(request.headers.get('accept-encoding') ?? ''))
    return new Response(text, { headers: all })
  all.set('content-encoding', 'gzip')
  return new Response(await compress(text, { level: 4 }), { headers: all })
}

export function errorResponse(error: ApiError): Response {
  const response = Response.json(error.body, { status: error.status, headers: { 'cache-control': 'no-store' } })
  if (error.status === 503) response.headers.set('retry-after', '2')
  if (error.code === 'unauthorized') response.headers.set('www-authenticate', 'Bearer realm="feature-tracking"')
  return response
}

/** RFC 9110, section 13.1.2: a list, compared weakly. */
export function matches(header: string | null, etag: string): boolean {
  if (header === null) return false
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}
