export type Category =
  | 'ai_provider'
  | 'mcp_server'
  | 'sysmon'
  | 'config_editor'
  | 'agentic_platform'
  | 'web_interface'
  | 'terminal_tool'
  | 'file_operation'
  | 'database_operation'
  | 'other'

export type Status = 'success' | 'failed' | 'partial' | 'timeout'

/**
 * - `bad_request` (400): a parameter or body that cannot be understood; the message names it
 * - `unauthorized` (401): a token is needed: `POST api/login`, or `Authorization: Bearer`
 * - `forbidden_host`, `forbidden_origin` (403): the Host header is not ours; a write that is not from this page
 * - `not_found` (404): no such path; `unknown_feature`, `unknown_record`, `unknown_trace` (404): no such thing
 * - `method_not_allowed` (405), `too_large` (413), `unsupported_media_type` (415)
 * - `conflict` (409): somebody else changed the widgets meanwhile: GET them again
 * - `internal` (500): a fault of the server
 * - `no_database` (503): nothing has been tracked yet; the page may explain it and wait for the live stream
 * - `store_unavailable` (503): locked, damaged, or of a newer version; the message says which
 * - `timeout` (503): the question took longer than 5 s and was ended
 * - `busy` (503): too many questions, or too many live streams, at once
 */
export type ErrorCode =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden_host'
  | 'forbidden_origin'
  | 'not_found'
  | 'unknown_feature'
  | 'unknown_record'
  | 'unknown_trace'
  | 'method_not_allowed'
  | 'too_large'
  | 'unsupported_media_type'
  | 'conflict'
  | 'internal'
  | 'no_database'
  | 'store_unavailable'
  | 'timeout'
  | 'busy'

export interface ErrorResponse {
  error: {
    code: ErrorCode
    /** What is wrong, naming the value. */
    message: string
    /** What to do about it, or null. */
    hint: string | null
  }
}

/** Query parameters that every endpoint about calls takes; conditions hold together. */
export interface FilterParams {
  feature?: string
  category?: Category
  status?: Status
  /** A user id or a pseudonym. */
  user?: string
  /** Started at this time or later: an ISO 8601 time, or how long ago: `30m`, `24h`, `7d`, `4w`. */
  since?: string
  /** Started before this time; written as `since`. */
  until?: string
}

/** `POST api/login`: sets a cookie; 401 when it is not the token. Answers 204, as `POST api/logout` does. */
export interface LoginRequest {
  token: string
}
