import { ApiError } from '../errors.js'

/**
 * Refuses what another site's page may have sent. JSON alone is taken: a form cannot send it, and a script only after a
 * preflight, which is never allowed.
 * @throws ApiError
 */
export function requireSameOrigin(request: Request, host: string): void {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  if ((site !== null && site !== 'same-origin') || (origin !== null && hostOf(origin) !== host.toLowerCase()))
    throw new ApiError('forbidden_origin', `a page of ${origin ?? 'another site'} may not change anything here`)
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new ApiError('unsupported_media_type', `the content type is ${JSON.stringify(type)}: send application/json`)
}

function hostOf(origin: string): string | undefined {
  try {
    const url = new URL(origin)
    return ['http:', 'https:'].includes(url.protocol) ? url.host : undefined
  } catch {
    return undefined
  }
}
