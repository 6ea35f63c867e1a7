import type { Tone } from '../format/words.js'

export interface PlotSeries {
  readonly label: string
  readonly values: readonly (number | null)[]
  readonly tone: Tone
}

/** What a chart shows: drawn, written as a table, and saved as CSV. */
export interface PlotData {
  /** Of the first column. */
  readonly xLabel: string
  /** Seconds since 1970, or the numbers of bars. */
  readonly x: readonly number[]
  readonly series: readonly PlotSeries[]
  readonly formatX: (x: number) => string
  /** On the axis, where there is less room; default: `formatX`. */
  readonly tickX?: ((x: number) => string) | undefined
  readonly format: (value: number) => string
  /** The same for programs, in the CSV; default: the number itself. */
  readonly exactX?: ((x: number) => string) | undefined
}

export const EMPTY = '–'

/** The rows of a chart's table, as people read them. */
export function readableRows(data: PlotData): string[][] {
  return data.x.map((x, index) => [
    data.formatX(x),
    ...data.series.map(({ values }) => {
      const value = values[index] ?? null
      return value === null ? EMPTY : data.format(value)
    }),
  ])
}

export function headings(data: PlotData): string[] {
  return [data.xLabel, ...data.series.map(({ label }) => label)]
}

/** The rows of its CSV: numbers as they are. */
export function exactRows(data: PlotData): (string | number | null)[][] {
  return data.x.map((x, index) => [data.exactX?.(x) ?? x, ...data.series.map(({ values }) => values[index] ?? null)])
}

/** What is stacked: each series added to those before it. */
export function stack(series: readonly PlotSeries[]): number[][] {
  const sums: number[] = []
  return series.map(({ values }) =>
    values.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0)
      return sums[index]
    }),
  )
}
