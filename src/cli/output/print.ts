import type { CommandContext } from '../context.js'
import type { DataRow } from './rows.js'
import type { Column } from './table.js'
import { ellipsis } from './width.js'
import { write } from './write.js'

/** Prints a list for a program: a JSON array, or CSV. */
export async function printData<Item>(
  context: CommandContext,
  keys: readonly string[],
  items: readonly Item[],
  toRow: (item: Item) => DataRow,
): Promise<void> {
  if (context.mode === 'json') {
    const { jsonArray } = await import('./json.js')
    return write(context.io.stdout, jsonArray(items, toRow))
  }
  const { csvLines } = await import('./csv.js')
  return write(context.io.stdout, csvLines(keys, items, toRow, context.io.isTTY))
}

/**
 * Prints a list for a person.
 * @param more what to say below it on a terminal when it was cut by `--limit`
 */
export async function printTable<Row>(
  context: CommandContext,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  more: string | undefined,
): Promise<void> {
  const { renderTable } = await import('./table.js')
  const { lines, leftOut } = await renderTable(columns, rows, context)
  await write(context.io.stdout, lines)
  const notes = [leftOut.length === 0 ? undefined : `No room for: ${leftOut.join(', ')}.`, more].filter(
    (note) => note !== undefined,
  )
  if (context.io.isTTY)
    for (const note of notes) await printLine(context, context.colors.dim(fitted(note, context.width)))
}

function fitted(note: string, width = Infinity): string {
  return note.length <= width ? note : ellipsis(note.slice(0, width - 1), width)
}

export async function printLine(context: CommandContext, line: string): Promise<void> {
  return write(context.io.stdout, [`${line}\n`])
}
