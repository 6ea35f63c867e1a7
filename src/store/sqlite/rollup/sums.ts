import { bucketOf, encodeBuckets } from './histogram.js'

/** A value of a row; others may have stored text where a number belongs. */
export type Cell = string | number | bigint | Uint8Array | null | undefined

/** What the calls of one subject, status and period in a batch come to. */
export class Sums {
  calls = 0
  durationSum = 0
  durationMin = Infinity
  durationMax = -Infinity
  inputSum = 0
  inputCount = 0
  outputSum = 0
  outputCount = 0
  efficiencySum = 0
  efficiencyCount = 0
  iterationsSum = 0
  /** Microseconds; infinite while no call had a time. */
  firstStart = Infinity
  lastStart = -Infinity
  readonly #buckets: number[] = []
  #latency: Uint8Array | undefined

  /** @param micros the start; NaN when the row has none that can be read */
  add(duration: number, micros: number, input: Cell, output: Cell, efficiency: Cell, iterations: Cell): void {
    this.calls++
    this.durationSum += duration
    if (duration < this.durationMin) this.durationMin = duration
    if (duration > this.durationMax) this.durationMax = duration
    if (input !== null && input !== undefined) {
      this.inputSum += numberOf(input)
      this.inputCount++
    }
    if (output !== null && output !== undefined) {
      this.outputSum += numberOf(output)
      this.outputCount++
    }
    if (efficiency !== null && efficiency !== undefined) {
      this.efficiencySum += numberOf(efficiency)
      this.efficiencyCount++
    }
    this.iterationsSum += iterations === null || iterations === undefined ? 1 : numberOf(iterations)
    if (micros < this.firstStart) this.firstStart = micros
    if (micros > this.lastStart) this.lastStart = micros
    this.#buckets.push(bucketOf(duration))
  }

  merge(other: Sums): void {
    this.calls += other.calls
    this.durationSum += other.durationSum
    this.durationMin = Math.min(this.durationMin, other.durationMin)
    this.durationMax = Math.max(this.durationMax, other.durationMax)
    this.inputSum += other.inputSum
    this.inputCount += other.inputCount
    this.outputSum += other.outputSum
    this.outputCount += other.outputCount
    this.efficiencySum += other.efficiencySum
    this.efficiencyCount += other.efficiencyCount
    this.iterationsSum += other.iterationsSum
    this.firstStart = Math.min(this.firstStart, other.firstStart)
    this.lastStart = Math.max(this.lastStart, other.lastStart)
    for (const bucket of other.#buckets) this.#buckets.push(bucket)
    this.#latency = undefined
  }

  /** The values of the columns `SUM_COLUMNS`, in their order. */
  values(): (number | null | Uint8Array)[] {
    const hasTime = this.firstStart !== Infinity
    return [
      this.calls,
      this.durationSum,
      this.durationMin,
      this.durationMax,
      this.inputSum,
      this.inputCount,
      this.outputSum,
      this.outputCount,
      this.efficiencySum,
      this.efficiencyCount,
      this.iterationsSum,
      hasTime ? this.firstStart : null,
      hasTime ? this.lastStart : null,
      (this.#latency ??= encodeBuckets(this.#buckets)),
    ]
  }
}

/** Larger numbers, which only others can have stored, count as this: the sum of two infinities may be no number. */
const LARGEST = 1e300

/** As SQLite sums up what is no number. */
export function numberOf(value: Cell): number {
  if (typeof value === 'number') return Math.max(-LARGEST, Math.min(LARGEST, value))
  const parsed = Number.parseFloat(String(value))
  return Number.isNaN(parsed) ? 0 : parsed
}
