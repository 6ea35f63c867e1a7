import { signal } from '@preact/signals'
import type { ErrorCode, ErrorResponse } from '../../server/contract.js'
import type { Params } from './route.js'

/** `offline`: no answer at all. */
export type FailureCode = ErrorCode | 'offline'

export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly hint: string | null,
  ) {
    super(message)
  }
}

/** Whether the API wants a token before it answers. */
export const needsToken = signal(false)

/** The address of an endpoint, relative to the page, so that any prefix before it stays. */
export function endpoint(path: string, params: Params = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== '') query.set(name, value)
  const text = query.toString()
  return text === '' ? `./api/${path}` : `./api/${path}?${text}`
}

export interface Answer<T> {
  readonly body: T
  readonly etag: string | null
}

/** @throws ApiError for every answer that is not a success, and when there is none */
export async function request<T>(address: string, init: RequestInit = {}): Promise<Answer<T>> {
  const response = await answer(address, init)
  if (!response.ok) throw await failure(response)
  const text = await response.text()
  return { body: (text === '' ? null : JSON.parse(text)) as T, etag: response.headers.get('etag') }
}

/** The same with a JSON body. */
export function send<T>(
  method: 'POST' | 'PUT',
  address: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  return request<T>(address, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

async function answer(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(
      'offline',
      'The dashboard’s server does not answer.',
      'Start it again with “feature-tracking dashboard”, or start the application that it is mounted in.',
    )
  }
}

async function failure(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as Partial<ErrorResponse> | null
  const error = body?.error
  if (error === undefined) {
    return new ApiError('internal', `The server answered ${response.status} ${response.statusText}.`, null)
  }
  if (error.code === 'unauthorized') needsToken.value = true
  return new ApiError(error.code, error.message, error.hint)
}
