import { openSync, readSync } from 'node:fs'

/**
 * Nanoseconds that the main thread has run so far. On Linux the scheduler tells; time in which another thread or
 * program had the core does not count. Elsewhere it is the wall clock.
 *
 * The scheduler brings its figure up to date at its ticks, which are milliseconds apart, and whenever the thread lets go
 * of its core. So the thread does that for a moment before it reads.
 */
export function mainThreadNanos(): number {
  if (schedstat === undefined) return Number(process.hrtime.bigint())
  Atomics.wait(NEVER, 0, 0, 0.01)
  const length = readSync(schedstat, BUFFER, 0, BUFFER.length, 0)
  return Number(BUFFER.toString('latin1', 0, length).split(' ')[0])
}

const NEVER = new Int32Array(new SharedArrayBuffer(4))
const BUFFER = Buffer.alloc(64)
const schedstat = openSchedstat()

function openSchedstat(): number | undefined {
  try {
    return openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
  } catch {
    return undefined
  }
}

/** What reading the clock twice takes: it is taken off where little work lies between. */
export function clockNanos(): number {
  return median(
    Array.from({ length: 201 }, () => {
      const start = mainThreadNanos()
      return mainThreadNanos() - start
    }),
  )
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
