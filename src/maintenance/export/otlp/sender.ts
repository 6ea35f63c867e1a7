import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { MaintenanceError } from '../../error.js'
import type { OtlpSettings } from './settings.js'

/** What may pass when it is tried again (OTLP specification, "Retryable Response Codes"). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])

const MAX_ATTEMPTS = 6
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000

const compress = promisify(gzip)

/**
 * Sends one request; what may pass is tried again, after as long as the receiver asks for.
 * @returns the receiver's answer
 * @throws MaintenanceError
 */
export async function post(
  body: Uint8Array,
  { url, protocol, headers, timeout, gzip: zipped }: OtlpSettings,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const content = zipped ? await compress(body) : body
  const type = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
  const all = { 'content-type': type, ...(zipped ? { 'content-encoding': 'gzip' } : {}), ...headers }
  for (let attempt = 1; ; attempt++) {
    const outcome = await once(url, content, all, timeout, signal)
    if (outcome.ok) return outcome.answer
    signal?.throwIfAborted()
    if (!outcome.mayPass || attempt === MAX_ATTEMPTS)
      throw new MaintenanceError('endpoint', `${url} did not take the records: ${outcome.reason}`, outcome.hint)
    await sleep(outcome.pause ?? pauseAfter(attempt), undefined, signal === undefined ? {} : { signal })
  }
}

type Outcome =
  | { readonly ok: true; readonly answer: Uint8Array }
  | {
      readonly ok: false
      readonly mayPass: boolean
      readonly reason: string
      readonly hint: string
      readonly pause?: number | undefined
    }

async function once(
  url: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  try {
    const limit = AbortSignal.timeout(timeout)
    const response = await fetch(url, {
      method: 'POST',
      // A copy: fetch takes no view of memory that may be shared.
      body: new Uint8Array(body),
      headers,
      redirect: 'error',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    })
    const answer = new Uint8Array(await response.arrayBuffer())
    if (response.ok) return { ok: true, answer }
    return {
      ok: false,
      mayPass: RETRYABLE.has(response.status),
      reason: `it answered ${response.status} ${response.statusText}`.trim(),
      hint: 'see whether it is a receiver of OTLP over HTTP',
      pause: retryAfter(response.headers.get('retry-after')),
    }
  } catch (error) {
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message
    return { ok: false, mayPass: true, reason, hint: 'start the receiver, or give another --endpoint' }
  }
}

/** Seconds, or a date. @returns milliseconds */
function retryAfter(text: string | null): number | undefined {
  if (text === null) return undefined
  const millis = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(millis) ? undefined : Math.min(Math.max(0, millis), MAX_PAUSE_MS)
}

/** It grows, and differs from sender to sender. */
function pauseAfter(attempt: number): number {
  return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
}
