/** Error names, classes and codes that say a time limit was reached or the caller gave up. */
const TIMEOUT_TYPES =
  /^(?:AbortError|TimeoutError|ConnectTimeoutError|HeadersTimeoutError|BodyTimeoutError|ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED|ERR_TIMEOUT|ABORT_ERR|DEADLINE_EXCEEDED|UND_ERR_\w*TIMEOUT)$|timed?[_ ]?out/i

/** Whether an error's type (its name, class or code) speaks of a time-out. */
export function isTimeoutType(type: string): boolean {
  return TIMEOUT_TYPES.test(type)
}
