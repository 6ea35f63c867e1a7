import {
  bucketOf,
  countsOf,
  eachValue,
  encodeBuckets,
  type LatencyCount,
  percentiles,
  sumOfBuckets,
} from './histogram.js'
import { STATUS_COUNT, statusCode } from './status.js'
import { type Cell, numberOf } from './sums.js'

/** A row of a table of sums, in the order of `SUM_ROW`. */
export type SumRow = [
  status: number,
  calls: number,
  durationSum: number,
  durationMin: number,
  durationMax: number,
  inputSum: number,
  inputCount: number,
  outputSum: number,
  outputCount: number,
  efficiencySum: number,
  efficiencyCount: number,
  iterationsSum: number,
  firstStart: number | null,
  lastStart: number | null,
  latency: Uint8Array,
]

/** A row of `feature_usage` as sums need it, in the order of `RAW_COLUMNS`. */
export type RawRow = [
  featureName: string,
  category: string,
  status: string,
  duration: Cell,
  startTime: string,
  inputSize: Cell,
  outputSize: Cell,
  userId: string | null,
  efficiency: Cell,
  iterations: Cell,
]

const SUMMED = 'status, duration, start_time, input_size, output_size, user_id, efficiency_score, iterations'

export const RAW_COLUMNS = `feature_name, category, ${SUMMED}`

/** The same for who does not ask for the names: they cost a fifth of reading a row. */
export const NAMELESS_COLUMNS = `'', '', ${SUMMED}`

/** Durations that are kept one by one until they become a histogram. */
const MAX_LOOSE = 4096

/** What calls come to, from sums and from rows. */
export class Tally {
  readonly byStatus = Array.from({ length: STATUS_COUNT }, () => 0)
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
  firstStart = Infinity
  lastStart = -Infinity
  readonly #histograms: Uint8Array[] = []
  #loose: number[] = []

  /** Calls of which nothing else is to be known. */
  addCalls(status: number, calls: number): void {
    this.calls += calls
    this.byStatus[status] = (this.byStatus[status] as number) + calls
  }

  addSums(row: SumRow): void {
    this.addCalls(row[0], row[1])
    this.#addDurations(row[2], row[3], row[4])
    this.inputSum += row[5]
    this.inputCount += row[6]
    this.outputSum += row[7]
    this.outputCount += row[8]
    this.efficiencySum += row[9]
    this.efficiencyCount += row[10]
    this.iterationsSum += row[11]
    if (row[12] !== null) this.firstStart = Math.min(this.firstStart, row[12])
    if (row[13] !== null) this.lastStart = Math.max(this.lastStart, row[13])
    this.#histograms.push(row[14])
  }

  /** @param micros the start; NaN when it is no time */
  addRow(row: RawRow, micros: number): void {
    const duration = numberOf(row[3])
    this.addCalls(statusCode(row[2]), 1)
    this.#addDurations(duration, duration, duration)
    if (row[5] !== null) {
      this.inputSum += numberOf(row[5])
      this.inputCount++
    }
    if (row[6] !== null) {
      this.outputSum += numberOf(row[6])
      this.outputCount++
    }
    if (row[8] !== null) {
      this.efficiencySum += numberOf(row[8])
      this.efficiencyCount++
    }
    this.iterationsSum += row[9] === null ? 1 : numberOf(row[9])
    if (micros < this.firstStart) this.firstStart = micros
    if (micros > this.lastStart) this.lastStart = micros
    this.#addLoose(duration)
  }

  merge(other: Tally): void {
    for (const [status, calls] of other.byStatus.entries()) this.addCalls(status, calls)
    this.#addDurations(other.durationSum, other.durationMin, other.durationMax)
    this.inputSum += other.inputSum
    this.inputCount += other.inputCount
    this.outputSum += other.outputSum
    this.outputCount += other.outputCount
    this.efficiencySum += other.efficiencySum
    this.efficiencyCount += other.efficiencyCount
    this.iterationsSum += other.iterationsSum
    this.firstStart = Math.min(this.firstStart, other.firstStart)
    this.lastStart = Math.max(this.lastStart, other.lastStart)
    this.#histograms.push(...other.#histograms)
    for (const duration of other.#loose) this.#addLoose(duration)
  }

  /** Nearest-rank percentiles of the duration in seconds, within 1 %; exact where all calls are rows and few. */
  percentiles(...shares: number[]): number[] {
    if (this.#histograms.length > 0)
      return percentiles(shares, this.#histograms, this.#loose.map(bucketOf), this.durationMin, this.durationMax)
    const sorted = Float64Array.from(this.#loose).toSorted()
    return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0)
  }

  /** How many calls took how long, by buckets of 2 %, the shortest first. */
  latencies(): LatencyCount[] {
    return countsOf([...this.#histograms, encodeBuckets(this.#loose.map(bucketOf))])
  }

  /** Durations in seconds with the number of calls, in no order; those of sums within 1 %. */
  *durations(): Generator<[duration: number, calls: number]> {
    for (const histogram of this.#histograms) yield* eachValue(histogram)
    for (const duration of this.#loose) yield [duration, 1]
  }

  #addDurations(sum: number, min: number, max: number): void {
    this.durationSum += sum
    if (min < this.durationMin) this.durationMin = min
    if (max > this.durationMax) this.durationMax = max
  }

  #addLoose(duration: number): void {
    this.#loose.push(duration)
    if (this.#loose.length < MAX_LOOSE) return
    this.#histograms.push(encodeBuckets(this.#loose.map(bucketOf)))
    this.#loose = []
  }
}

/** Rows of sums as one for each status. */
export function mergeSums(rows: readonly SumRow[]): SumRow[] {
  const byStatus = new Map<number, SumRow[]>()
  for (const row of rows) {
    const same = byStatus.get(row[0])
    if (same === undefined) byStatus.set(row[0], [row])
    else same.push(row)
  }
  return [...byStatus].map(([status, same]) => sumOf(status, same))
}

function sumOf(status: number, rows: readonly SumRow[]): SumRow {
  const sum = new Tally()
  for (const row of rows) sum.addSums(row)
  const hasTime = sum.firstStart !== Infinity
  return [
    status,
    sum.calls,
    sum.durationSum,
    sum.durationMin,
    sum.durationMax,
    sum.inputSum,
    sum.inputCount,
    sum.outputSum,
    sum.outputCount,
    sum.efficiencySum,
    sum.efficiencyCount,
    sum.iterationsSum,
    hasTime ? sum.firstStart : null,
    hasTime ? sum.lastStart : null,
    sumOfBuckets(rows.map((row) => row[14])),
  ]
}
