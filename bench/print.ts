import { formatGoal, formatNumber, formatRows, isMet, type Result, type Run } from './result.js'

/** A run as text for a terminal. */
export function runText(title: string, { results, rows }: Run): string {
  const lines = results.map((result) => [
    result.name,
    `${formatNumber(result.value)} ${result.unit}`,
    result.ratio === undefined ? '' : `${formatNumber(result.ratio)} ×`,
    verdict(result),
    [result.baseline === undefined ? '' : `against: ${result.baseline}`, result.note ?? ''].filter(Boolean).join('; '),
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => (line[column] as string).length)))
  const text = lines.map((line) =>
    line
      .map((cell, column) => (column === 0 || column > 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] as number)))
      .join('  ')
      .trimEnd(),
  )
  return [`\n${title}${rows === undefined ? '' : `, ${formatRows(rows)}`}`, ...text.map((line) => `  ${line}`)].join('\n')
}

function verdict(result: Result): string {
  const met = isMet(result)
  return met === undefined ? '' : `${formatGoal(result.goal, result.unit)} ${met ? 'met' : 'MISSED'}`
}
