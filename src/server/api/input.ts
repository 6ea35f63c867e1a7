import type { z } from '@hono/zod-openapi'
import { ApiError } from '../errors.js'
import type { Endpoint } from './endpoint.js'

/**
 * What an endpoint is given, read from query and path. Empty parameters count as absent, as forms send them.
 * @throws ApiError that names the parameter, its value and what to give instead
 */
export function inputOf(endpoint: Endpoint, query: URLSearchParams, inPath: Readonly<Record<string, string>>): unknown {
  const given = new Map<string, string>()
  for (const [name, value] of query) {
    if (value === '') continue
    if (given.has(name)) throw new ApiError('bad_request', `${name} is given twice: give it once`)
    given.set(name, value)
  }
  const known = Object.keys(endpoint.input.shape)
  for (const name of given.keys())
    if (!known.includes(name) || endpoint.inPath.includes(name)) throw new ApiError('bad_request', unknown(name, known))
  for (const [name, value] of Object.entries(inPath)) given.set(name, value)
  const parsed = endpoint.input.safeParse(Object.fromEntries(given))
  if (parsed.success) return parsed.data
  throw badParameter(parsed.error, given)
}

function unknown(name: string, known: readonly string[]): string {
  return `there is no parameter ${JSON.stringify(name.slice(0, 100))}: ${known.length === 0 ? 'give none' : `give any of ${known.join(', ')}`}`
}

function badParameter({ issues }: z.ZodError, given: ReadonlyMap<string, string>): ApiError {
  const [issue] = issues
  const name = String(issue?.path[0] ?? '')
  const value = given.get(name)
  const shown = value === undefined ? 'missing' : JSON.stringify(value.slice(0, 100))
  return new ApiError('bad_request', `${name} is ${shown}: give ${issue?.message ?? 'another value'}`)
}
