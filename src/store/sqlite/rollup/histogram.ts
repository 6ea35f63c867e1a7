/*
 * Latency histograms: logarithmic buckets whose bounds grow by GAMMA, so that the value that stands for a bucket is
 * within 1 % of every value in it. Histograms merge by adding counts. As bytes they are pairs of varints: how far the
 * bucket is from the one before, and its count.
 */

const GAMMA = 1.01 / 0.99
const LOG_GAMMA = Math.log(GAMMA)

/** Durations up to this one, in seconds, are counted as nothing: no clock measures them. */
const SMALLEST = 1e-9

/** Added to a bucket's exponent, so that numbers start at 1; bucket 0 is for what is as good as nothing. */
const OFFSET = 1 - Math.ceil(Math.log(SMALLEST) / LOG_GAMMA)

/** The bucket of a duration in seconds. */
export function bucketOf(duration: number): number {
  if (!(duration > SMALLEST)) return 0
  return Math.ceil(Math.log(Math.min(duration, Number.MAX_VALUE)) / LOG_GAMMA) + OFFSET
}

/** The value in seconds that stands for a bucket. */
function valueOf(bucket: number): number {
  if (bucket === 0) return 0
  return Math.min((2 / (GAMMA + 1)) * Math.exp((bucket - OFFSET) * LOG_GAMMA), Number.MAX_VALUE)
}

/** Bytes of a list of buckets, one entry for each value. */
export function encodeBuckets(buckets: readonly number[]): Uint8Array {
  const sorted = new Uint16Array(buckets)
  if (sorted.length > 1) sorted.sort()
  const out = new VarintWriter()
  let before = 0
  for (let from = 0; from < sorted.length;) {
    const bucket = sorted[from] as number
    let to = from + 1
    while (to < sorted.length && sorted[to] === bucket) to++
    out.push(bucket - before)
    out.push(to - from)
    before = bucket
    from = to
  }
  return out.bytes()
}

/** The sum of two histograms. */
export function mergeBuckets(left: Uint8Array, right: Uint8Array): Uint8Array {
  const out = new VarintWriter()
  const [a, b] = [new PairReader(left), new PairReader(right)]
  let before = 0
  while (a.bucket < Infinity || b.bucket < Infinity) {
    const bucket = Math.min(a.bucket, b.bucket)
    let count = 0
    if (a.bucket === bucket) {
      count = a.count
      a.next()
    }
    if (b.bucket === bucket) {
      count += b.count
      b.next()
    }
    out.push(bucket - before)
    out.push(count)
    before = bucket
  }
  return out.bytes()
}

/** The sum of any number of histograms. */
export function sumOfBuckets(histograms: readonly Uint8Array[]): Uint8Array {
  const [only] = histograms
  if (only !== undefined && histograms.length === 1) return only
  const { first, top } = countBuckets(histograms, [])
  const out = new VarintWriter()
  let before = 0
  for (let bucket = first; bucket <= top; bucket++) {
    const count = counts[bucket] as number
    if (count === 0) continue
    out.push(bucket - before)
    out.push(count)
    before = bucket
  }
  counts.fill(0, first, top + 1)
  return out.bytes()
}

/** The values of a histogram in seconds, each with its count. */
export function* eachValue(histogram: Uint8Array): Generator<[value: number, count: number]> {
  for (const pairs = new PairReader(histogram); pairs.bucket < Infinity; pairs.next())
    yield [valueOf(pairs.bucket), pairs.count]
}

/** Counts by bucket while histograms are put together; all 0 in between. */
let counts = new Float64Array(2048)

/** Fills `counts`, which the caller empties from the first bucket that has any up to the last. */
function countBuckets(
  histograms: readonly Uint8Array[],
  buckets: readonly number[],
): { first: number; top: number; total: number } {
  let first = Infinity
  let top = -1
  let total = 0
  const add = (bucket: number, count: number) => {
    if (bucket >= counts.length) growCounts(bucket)
    counts[bucket] = (counts[bucket] as number) + count
    if (bucket < first) first = bucket
    if (bucket > top) top = bucket
    total += count
  }
  for (const bytes of histograms)
    for (const pairs = new PairReader(bytes); pairs.bucket < Infinity; pairs.next()) add(pairs.bucket, pairs.count)
  for (const bucket of buckets) add(bucket, 1)
  return { first, top, total }
}

/**
 * Nearest-rank percentiles of some histograms together, in seconds, each within 1 % of the value that has the rank.
 *
 * @param shares 0 to 1
 * @param buckets values that are not in a histogram yet
 * @param min the smallest value of all, which no answer falls below
 * @param max the largest, which none exceeds
 */
export function percentiles(
  shares: readonly number[],
  histograms: readonly Uint8Array[],
  buckets: readonly number[],
  min: number,
  max: number,
): number[] {
  const { first, top, total } = countBuckets(histograms, buckets)
  const found = total === 0 ? shares.map(() => 0) : valuesAt(shares, total, first, top)
  counts.fill(0, first, top + 1)
  return total === 0 ? found : found.map((value) => clamp(value, min, max))
}

/** Shares that ascend are found in one walk over the buckets. */
function valuesAt(shares: readonly number[], total: number, first: number, top: number): number[] {
  let bucket = first
  let seen = counts[first] as number
  return shares.map((share) => {
    const rank = Math.ceil(share * total)
    if (rank <= seen - (counts[bucket] as number)) {
      bucket = first
      seen = counts[first] as number
    }
    while (seen < rank && bucket < top) seen += counts[++bucket] as number
    return valueOf(bucket)
  })
}

/** So many calls took about so long. */
export interface LatencyCount {
  /** Within 1 %. */
  readonly seconds: number
  readonly calls: number
}

/** What some histograms hold together, the shortest first. */
export function countsOf(histograms: readonly Uint8Array[]): LatencyCount[] {
  const found = new Map<number, number>()
  for (const bytes of histograms)
    for (const pairs = new PairReader(bytes); pairs.bucket < Infinity; pairs.next())
      found.set(pairs.bucket, (found.get(pairs.bucket) ?? 0) + pairs.count)
  return [...found].toSorted(([a], [b]) => a - b).map(([bucket, calls]) => ({ seconds: valueOf(bucket), calls }))
}

function growCounts(bucket: number): void {
  const larger = new Float64Array(Math.max(bucket + 1, counts.length * 2))
  larger.set(counts)
  counts = larger
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}

class PairReader {
  /** Infinity past the end. */
  bucket = 0
  count = 0
  #at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.next()
  }

  next(): void {
    if (this.#at >= this.#bytes.length) {
      this.bucket = Infinity
      return
    }
    this.bucket += this.#varint()
    this.count = this.#varint()
  }

  /** Without shifts: a count may have more than 32 bits. */
  #varint(): number {
    const first = this.#bytes[this.#at] as number
    if (first < 128) {
      this.#at++
      return first
    }
    let value = 0
    for (let scale = 1; this.#at < this.#bytes.length; scale *= 128) {
      const byte = this.#bytes[this.#at++] as number
      value += (byte & 127) * scale
      if (byte < 128) break
    }
    return value
  }
}

/** One buffer for all: the bytes are copied out when a histogram is complete. */
let scratch = new Uint8Array(4096)

class VarintWriter {
  #length = 0

  push(value: number): void {
    if (this.#length + 8 > scratch.length) {
      const larger = new Uint8Array(scratch.length * 2)
      larger.set(scratch)
      scratch = larger
    }
    let rest = value
    while (rest >= 128) {
      scratch[this.#length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    scratch[this.#length++] = rest
  }

  bytes(): Uint8Array {
    return Buffer.from(scratch.subarray(0, this.#length))
  }
}
