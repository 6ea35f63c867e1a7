import { readFileSync } from 'node:fs'

/** A way to do the work whose time is compared: `run` does `rounds` of it. */
export interface Contender {
  readonly name: string
  readonly run: (rounds: number) => void | Promise<void>
}

export interface Timing {
  readonly name: string
  /** Nanoseconds of the main thread for one round: the median of the interleaved runs. */
  readonly nanos: number
}

/**
 * Nanoseconds that the main thread has run so far. On Linux the scheduler tells; time in which another thread or
 * program had the core does not count. Elsewhere it is the wall clock.
 */
export function mainThreadNanos(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    return Number(process.hrtime.bigint())
  }
}

/**
 * Times contenders in turn, so that a machine that grows slower does so for all of them. The first runs warm up.
 */
export async function interleave(contenders: readonly Contender[], rounds: number, runs = 9): Promise<Timing[]> {
  const times = contenders.map((): number[] => [])
  for (let run = -2; run < runs; run++) {
    for (const [index, contender] of contenders.entries()) {
      const start = mainThreadNanos()
      await contender.run(rounds)
      const nanos = (mainThreadNanos() - start) / rounds
      if (run >= 0) (times[index] as number[]).push(nanos)
    }
  }
  return contenders.map(({ name }, index) => ({ name, nanos: median(times[index] as number[]) }))
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Prints each timing and its ratio to the baseline. */
export function report(title: string, baseline: string, timings: readonly Timing[], unit = 'ns'): void {
  const base = timings.find(({ name }) => name === baseline)?.nanos ?? Number.NaN
  console.log(`\n${title}   (ratio to: ${baseline})`)
  const width = Math.max(...timings.map(({ name }) => name.length))
  for (const { name, nanos } of timings) {
    console.log(
      `  ${name.padEnd(width)}  ${nanos.toFixed(nanos < 100 ? 1 : 0).padStart(9)} ${unit}  ${(nanos / base).toFixed(2).padStart(6)} ×`,
    )
  }
}
