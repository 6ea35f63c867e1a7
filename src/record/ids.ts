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
  return `${uuidTime(startMillis)}-7${traceId.slice(29)}-${variant}${spanId.slice(1, 4)}-${spanId.slice(4)}`
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

let upper = Number.NaN
let upperText = ''

/**
 * The first two groups of a UUIDv7: the time in 48 bits. Its upper 32 are kept, since they stay for a minute and V8 writes
 * large numbers slowly.
 *
 * @param millis milliseconds since the Unix epoch; what is before counts as 0
 */
export function uuidTime(millis: number): string {
  const time = Math.max(0, Math.floor(millis))
  const high = Math.floor(time / 65_536)
  if (high !== upper) {
    upper = high
    upperText = high.toString(16).padStart(8, '0').slice(-8)
  }
  const low = time - high * 65_536
  return `${upperText}-${HEX[low >> 8]}${HEX[low & 255]}`
}

/** RFC 9562, section 4.1: the two bits after the random ones of the span id's first digit are 10. */
const VARIANT = ['8', '9', 'a', 'b'] as const

/** A fresh record id for something that is no span. */
export function createRecordId(startMillis = Date.now()): string {
  const random = randomBytes(24).toString('hex')
  return deriveRecordId(random.slice(0, 32), random.slice(32), startMillis)
}
