import { formatRows, type Result, type Run } from './result.js'

/** How figures grow with the table: those of the largest table against those of the smallest. */
export function growthOf(runs: readonly Run[]): Result[] {
  const onTable = runs.filter(({ rows }) => rows !== undefined)
  const names = [...new Set(onTable.map(({ benchmark }) => benchmark))]
  return names.flatMap((name) => {
    const bySize = onTable.filter(({ benchmark }) => benchmark === name).toSorted((a, b) => rowsOf(a) - rowsOf(b))
    const [smallest, largest] = [bySize[0], bySize.at(-1)]
    if (smallest === undefined || largest === undefined || smallest === largest) return []
    return between(smallest, largest)
  })
}

function between(smallest: Run, largest: Run): Result[] {
  const before = (name: string): Result | undefined =>
    smallest.results.find((result) => result.name === name && result.grows)
  return largest.results
    .filter(({ name, grows }) => grows === true && before(name) !== undefined)
    .map((result) => ({
      name: `${result.name}, ${formatRows(rowsOf(largest))}`,
      value: result.value,
      unit: result.unit,
      baseline: `the same at ${formatRows(rowsOf(smallest))}`,
      ratio: result.value / (before(result.name) as Result).value,
    }))
}

function rowsOf({ rows }: Run): number {
  return rows ?? 0
}
