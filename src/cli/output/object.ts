import type { CommandContext } from '../context.js'
import { printData } from './print.js'
import type { DataRow } from './rows.js'
import { write } from './write.js'

/** A line of an answer for a person. */
export type Labelled = readonly [label: string, value: string]

/** Prints one thing: a JSON object, a CSV line below its header, or labelled lines. */
export async function printObject(
  context: CommandContext,
  row: DataRow,
  lines: readonly (Labelled | string)[],
): Promise<void> {
  if (context.mode === 'csv') return printData(context, Object.keys(row), [row], (same) => same)
  if (context.mode === 'json') {
    const { jsonObject } = await import('./json.js')
    return write(context.io.stdout, [jsonObject(row)])
  }
  return write(context.io.stdout, labelledLines(lines))
}

/** Values below each other; a text alone is a line of its own. */
export function* labelledLines(lines: readonly (Labelled | string)[]): Generator<string> {
  const width = Math.max(0, ...lines.map((line) => (typeof line === 'string' ? 0 : line[0].length)))
  for (const line of lines) yield typeof line === 'string' ? `${line}\n` : `${line[0].padEnd(width + 2)}${line[1]}\n`
}
