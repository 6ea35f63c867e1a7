import { growthOf } from './growth.js'
import { cellsOf } from './print.js'
import { type Benchmark, BENCHMARKS } from './registry.js'
import { formatRows, type Result, type Run } from './result.js'

const START = '<!-- benchmarks -->'
const END = '<!-- /benchmarks -->'

export const HEAD = ['What', 'Figure', 'Ratio', 'Against', 'Goal'] as const

/** README with another block between the markers. @throws Error when they are not there */
export function withBlock(readme: string, block: string): string {
  const [before, , after] = parts(readme)
  return `${before}${START}\n\n${block}\n\n${END}${after}`
}

/** What stands between the markers. @throws Error when they are not there */
export function blockOf(readme: string): string {
  return parts(readme)[1].trim()
}

function parts(readme: string): [string, string, string] {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)]
  if (start === -1 || end < start) throw new Error(`README has no ${START} … ${END}`)
  return [readme.slice(0, start), readme.slice(start + START.length, end), readme.slice(end + END.length)]
}

/** The last runs as Markdown: what they ran on, and a table with a line for each figure that compares. */
export function printBlock(runs: readonly Run[]): string {
  const ordered = BENCHMARKS.flatMap(({ name }) =>
    runs.filter(({ benchmark }) => benchmark === name).toSorted((a, b) => (a.rows ?? 0) - (b.rows ?? 0)),
  )
  const growth = growthOf(ordered)
  const lines = [
    ...BENCHMARKS.flatMap((benchmark) => groupsOf(benchmark, ordered)),
    ...(growth.length === 0 ? [] : [['**Growth with the table**', '', '', '', ''], ...growth.map(line)]),
  ]
  return `${conditions(ordered)}\n\n${table([HEAD, ...lines])}`
}

/** Figures that stand alone are in the terminal's output. */
function isShown({ ratio, goals }: Result): boolean {
  return ratio !== undefined || goals !== undefined
}

function conditions(runs: readonly Run[]): string {
  const all = (values: readonly string[]): string => [...new Set(values)].toSorted().join(', ')
  const node = all(runs.map((run) => run.node.replace(/^v/, '')))
  const cores = all(runs.map((run) => String(run.cores)))
  return `Node ${node} on ${cores} cores, ${all(runs.map(({ date }) => date))}. Ratios count: times differ between machines.`
}

/** The lines of a benchmark, for each size of table. One that was not run has a line all the same. */
function groupsOf({ name, title }: Benchmark, all: readonly Run[]): (readonly string[])[] {
  const runs = all.filter(({ benchmark }) => benchmark === name)
  if (runs.length === 0) return [[`**${title}** (\`${name}\`)`, 'not run', '', '', '']]
  return runs.flatMap(({ rows, options, results }) => {
    const size = rows === undefined ? '' : `, ${formatRows(rows)}`
    const head = `**${title}${size}** (\`${[name, options].filter(Boolean).join(' ')}\`)`
    const figures = results.filter(isShown).map(line)
    figures.unshift([head, '', '', '', ''])
    return figures
  })
}

function line(result: Result): readonly string[] {
  const { figure, ratio, goals } = cellsOf(result)
  return [result.name, figure, ratio, result.baseline ?? '', goals].map((cell) => cell.replaceAll('|', '\\|'))
}

/** As the formatter has it: columns of even width. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => (cells[column] as string).length)))
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`
  const [head = [], ...body] = lines
  return [row(head), row(widths.map((width) => '-'.repeat(width))), ...body.map(row)].join('\n')
}
