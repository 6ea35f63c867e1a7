import { stringify } from 'csv-stringify/sync'
import type { DataRow } from './rows.js'
import { visible } from './text.js'

/**
 * A header line and one line an item, in pieces. Texts that a spreadsheet would run as formulas get an apostrophe in front.
 * @param onTerminal make control characters visible, as nothing but a terminal wants
 */
export function* csvLines<Item>(
  keys: readonly string[],
  items: readonly Item[],
  toRow: (item: Item) => DataRow,
  onTerminal: boolean,
): Generator<string> {
  yield stringify([keys])
  for (const item of items) {
    const row = toRow(item)
    yield stringify([keys.map((key) => cell(row[key], onTerminal))], { escape_formulas: true })
  }
}

function cell(value: unknown, onTerminal: boolean): string | number | null {
  if (value === null || value === undefined || typeof value === 'number') return value ?? null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return onTerminal ? visible(text) : text
}
