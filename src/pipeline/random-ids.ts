import { randomBytes } from 'node:crypto'

const POOL_BYTES = 16_384

let pool = ''
let used = 0

/** Random hexadecimal digits, cut from a long text: making each id by itself takes several times as long. */
function digits(count: number): string {
  if (used + count > pool.length) {
    pool = randomBytes(POOL_BYTES).toString('hex')
    used = 0
  }
  const start = used
  used += count
  return pool.slice(start, used)
}

/** 16 random bytes as 32 hexadecimal digits (W3C Trace Context, trace-id; all zero, which is invalid, does not happen). */
export function randomTraceId(): string {
  return digits(32)
}

/** 8 random bytes as 16 hexadecimal digits. */
export function randomSpanId(): string {
  return digits(16)
}
