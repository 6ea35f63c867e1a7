import type { McpRequest } from './types.js'

const METHODS: ReadonlySet<unknown> = new Set<McpRequest['method']>(['tools/call', 'resources/read', 'prompts/get'])

export function isTrackedMethod(method: unknown): method is McpRequest['method'] {
  return METHODS.has(method)
}

/** A request with what the SDK knows of it. */
export interface ReadRequest extends McpRequest {
  /** `params._meta`, in which a client's trace comes. */
  readonly meta: Readonly<Record<string, unknown>>
  readonly requestId: string | undefined
  readonly signal: AbortSignal | undefined
  /** Whether it came over HTTP. */
  readonly isHttp: boolean
}

/**
 * Reads a request from what a handler of the SDK is given. Version 1 gives `{ signal, sessionId, _meta, requestId,
 * authInfo, requestInfo }`, version 2 `{ sessionId, mcpReq: { id, _meta, signal }, http: { req, authInfo } }`.
 */
export function readRequest(method: McpRequest['method'], request: unknown, extra: unknown): ReadRequest {
  const params = objectOf(objectOf(request)['params'])
  const given = objectOf(extra)
  const own = objectOf(given['mcpReq'] ?? given)
  const http = objectOf(given['http'])
  const authInfo = given['authInfo'] ?? http['authInfo']
  const id = own['id'] ?? own['requestId']
  return {
    method,
    params,
    sessionId: textOf(given['sessionId']),
    authInfo: authInfo === undefined ? undefined : objectOf(authInfo),
    meta: objectOf(own['_meta'] ?? params['_meta']),
    requestId: typeof id === 'string' || typeof id === 'number' ? String(id) : undefined,
    signal: own['signal'] instanceof AbortSignal ? own['signal'] : undefined,
    isHttp: given['http'] !== undefined || given['requestInfo'] !== undefined,
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
