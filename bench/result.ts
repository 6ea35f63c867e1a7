/** What a figure should come to. The bars are those of the issue that asked for the benchmarks. */
export interface Goal {
  readonly of: 'value' | 'ratio'
  readonly at: 'most' | 'least'
  readonly limit: number
}

/** One figure of a benchmark. */
export interface Result {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What `ratio` compares with. */
  readonly baseline?: string
  readonly ratio?: number
  readonly goals?: readonly Goal[]
  /** How the figure grows with the table is worth a look. */
  readonly grows?: boolean
  readonly note?: string
}

/** A benchmark that was run, with what is needed to judge its figures. */
export interface Run {
  readonly benchmark: string
  /** Rows in the table, where the benchmark works on one. */
  readonly rows?: number
  readonly date: string
  readonly node: string
  readonly cores: number
  /** The sizes that differ from the normal ones, as on the command line. */
  readonly options: string
  readonly results: readonly Result[]
}

/** Says that a figure could not be had, and why, instead of a run that ends in an error. */
export class Skipped extends Error {}

export const atMost = (limit: number, of: Goal['of'] = 'ratio'): Goal => ({ of, at: 'most', limit })
export const atLeast = (limit: number, of: Goal['of'] = 'ratio'): Goal => ({ of, at: 'least', limit })

/** Goals as text, and whether each is met; empty where there are none. */
export function goalsText({ goals = [], value, ratio, unit }: Result): string {
  return goals
    .map(({ of, at, limit }) => {
      const figure = of === 'value' ? value : (ratio ?? Number.NaN)
      const met = at === 'most' ? figure <= limit : figure >= limit
      const words = [at === 'most' ? '≤' : '≥', limit, of === 'ratio' ? '×' : unit, met ? 'met' : 'missed']
      return words.filter((word) => word !== '').join(' ')
    })
    .join(', ')
}

/** A figure that has a goal and could not be had, for instance since an answer was wrong; its note says why. */
export function isWrong({ goals, value }: Result): boolean {
  return goals !== undefined && Number.isNaN(value)
}

/** Three digits that count, and no more than the figure needs. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 100 || value === 0) return Math.round(value).toLocaleString('en')
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3)
}

export function formatRows(rows: number): string {
  if (rows >= 1_000_000) return `${formatNumber(rows / 1_000_000).replace(/\.0+$/, '')} M rows`
  return `${rows.toLocaleString('en')} rows`
}
