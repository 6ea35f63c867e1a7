import type { Answer } from './questions.js'

/** Sums may differ in their last digits; percentiles from buckets by one in a hundred. */
const TOLERANCE = 0.011

/**
 * How far two answers lie apart at the most, as a part of the value; or in words what differs by more than sums and
 * buckets explain.
 */
export function compareAnswers(who: string, ours: Answer, theirs: Answer): number | string {
  if (ours.length !== theirs.length) return `WRONG: ${ours.length} rows, ${who} has ${theirs.length}`
  let worst = 0
  for (const [index, row] of ours.entries()) {
    for (const [column, value] of row.entries()) {
      const other = theirs[index]?.[column]
      const distance = apart(value, other)
      if (!(distance <= TOLERANCE))
        return `WRONG: row ${index}, column ${column} is ${String(value)}, ${who} has ${String(other)}`
      worst = Math.max(worst, distance)
    }
  }
  return worst
}

function apart(value: unknown, other: unknown): number {
  if (typeof value === 'string') return value === other ? 0 : Number.NaN
  const [a, b] = [Number(value), Number(other)]
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b))
}

/** Milliseconds of each run: so many, but no more of a slow one than the seconds allow, and three at the least. */
export async function timeRuns(run: () => unknown, count: number, seconds: number): Promise<number[]> {
  const times: number[] = []
  const end = performance.now() + seconds * 1000
  while (times.length < count && (times.length < 3 || performance.now() < end)) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  return times
}
