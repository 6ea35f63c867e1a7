/*
 * Where a subject's rows are. A block is 256 neighbouring rowids, a span 256 blocks. The bytes of a span are the numbers
 * of up to 31 blocks in it, or a bitmap of 32 bytes.
 */

export const BLOCK_ROWS = 256
export const SPAN_BLOCKS = 256
const BITMAP_BYTES = SPAN_BLOCKS / 8

/** The highest second; of a block with a row whose start is no time, which sorts anywhere. */
export const NO_SECOND = Number.MAX_SAFE_INTEGER

export function blockOf(rowid: number): number {
  return Math.floor(rowid / BLOCK_ROWS)
}

const bits = new Uint8Array(BITMAP_BYTES)

/** The bytes of some blocks of a span, by their places in it. */
export function encodeSpan(places: readonly number[]): Uint8Array {
  bits.fill(0)
  for (const place of places) setBit(place)
  return write()
}

export function mergeSpans(left: Uint8Array, right: Uint8Array): Uint8Array {
  bits.fill(0)
  for (const bytes of [left, right]) {
    if (bytes.length < BITMAP_BYTES) for (const place of bytes) setBit(place)
    else for (let at = 0; at < BITMAP_BYTES; at++) bits[at] = (bits[at] as number) | (bytes[at] as number)
  }
  return write()
}

export function hasBlock(bytes: Uint8Array, place: number): boolean {
  if (bytes.length < BITMAP_BYTES) return bytes.includes(place)
  return ((bytes[place >>> 3] as number) & (1 << (place & 7))) !== 0
}

function setBit(place: number): void {
  bits[place >>> 3] = (bits[place >>> 3] as number) | (1 << (place & 7))
}

function write(): Uint8Array {
  const places: number[] = []
  for (let place = 0; place < SPAN_BLOCKS; place++) {
    if (((bits[place >>> 3] as number) & (1 << (place & 7))) === 0) continue
    places.push(place)
    if (places.length === BITMAP_BYTES) return Buffer.from(bits)
  }
  return Buffer.from(places)
}
