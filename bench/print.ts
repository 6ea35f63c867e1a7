import { formatNumber, formatRows, goalsText, type Result, type Run } from './result.js'

/** The cells of a result, as the terminal and README show them. */
export function cellsOf(result: Result): { figure: string; ratio: string; goals: string } {
  return {
    figure: `${formatNumber(result.value)} ${result.unit}`.trimEnd(),
    ratio: result.ratio === undefined ? '' : `${formatNumber(result.ratio)} ×`,
    goals: goalsText(result),
  }
}

/** A run as text for a terminal. */
export function runText(title: string, { results, rows }: Pick<Run, 'results' | 'rows'>): string {
  const lines = results.map((result) => {
    const { figure, ratio, goals } = cellsOf(result)
    const against = result.baseline === undefined ? '' : `against: ${result.baseline}`
    return [result.name, figure, ratio, goals, [against, result.note ?? ''].filter(Boolean).join('; ')]
  })
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => (line[column] as string).length)))
  const pad = (cell: string, column: number): string =>
    column === 1 || column === 2 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] ?? 0)
  const text = lines.map((line) => `  ${line.map(pad).join('  ').trimEnd()}`)
  return [`\n${title}${rows === undefined ? '' : `, ${formatRows(rows)}`}`, ...text].join('\n')
}
