import { randomBytes } from 'node:crypto'

/**
 * A record id, in the form of a UUIDv7 (RFC 9562, section 5.7), derived from what identifies a span: 48 bits of the
 * start in milliseconds, then random bits taken from the span id and the end of the trace id. The same span arriving
 * twice has the same id, and the primary key of `feature_usage` grows in order.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param startMillis milliseconds since the Unix epoch
 */
export function deriveRecordId(traceId: string, spanId: string, startMillis: number): string {
  const variant = VARIANT[spanId.charCodeAt(0) & 3]
  return `${timePrefix(Math.floor(startMillis))}${traceId.slice(29)}-${variant}${spanId.slice(1, 4)}-${spanId.slice(4)}`
}

let prefixMillis = Number.NaN
let prefix = ''

/** The time and version digits of a UUIDv7; calls come many to a millisecond. */
function timePrefix(millis: number): string {
  if (millis !== prefixMillis) {
    const time = Math.max(0, millis).toString(16).padStart(12, '0').slice(-12)
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`
    prefixMillis = millis
  }
  return prefix
}

/** RFC 9562, section 4.1: the two bits after the random ones of the span id's first digit are 10. */
const VARIANT = ['8', '9', 'a', 'b'] as const

/** A fresh record id for something that is no span. */
export function createRecordId(startMillis = Date.now()): string {
  const random = randomBytes(24).toString('hex')
  return deriveRecordId(random.slice(0, 32), random.slice(32), startMillis)
}
