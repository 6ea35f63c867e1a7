import { StoreError, type StoreErrorCode } from '../store/index.js'
import type { ErrorCode, ErrorResponse } from './contract.js'

const STATUS: Readonly<Record<ErrorCode, number>> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden_host: 403,
  forbidden_origin: 403,
  not_found: 404,
  unknown_feature: 404,
  unknown_record: 404,
  unknown_trace: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  internal: 500,
  no_database: 503,
  store_unavailable: 503,
  timeout: 503,
  busy: 503,
}

/** An answer other than success; the message names what is wrong, the hint says what to do. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly hint: string | null

  constructor(code: ErrorCode, message: string, hint: string | null = null) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.hint = hint
  }

  get status(): number {
    return STATUS[this.code]
  }

  get body(): ErrorResponse {
    return { error: { code: this.code, message: this.message, hint: this.hint } }
  }
}

const OF_STORE: Readonly<Record<StoreErrorCode, ErrorCode>> = {
  not_found: 'no_database',
  empty: 'no_database',
  not_ours: 'store_unavailable',
  newer_schema: 'store_unavailable',
  unavailable: 'store_unavailable',
  corrupt: 'store_unavailable',
  closed: 'store_unavailable',
  timeout: 'timeout',
  busy: 'busy',
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  no_database: 'it appears with the first tracked call; --db-path or FEATURE_TRACKING_DB_PATH choose another file',
  timeout: 'ask for a shorter time, or for one feature',
  busy: 'ask again in a few seconds',
}

/** The error to answer with for whatever was thrown. A fault's own words are not for strangers. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof StoreError) {
    const code = OF_STORE[error.code]
    return new ApiError(code, error.message, HINTS[code] ?? null)
  }
  if (error instanceof RangeError || error instanceof TypeError)
    if (/^[a-zA-Z]+ is .*: give /s.test(error.message)) return new ApiError('bad_request', error.message)
  return new ApiError('internal', 'the server failed', 'its log has the reason: please report it')
}
