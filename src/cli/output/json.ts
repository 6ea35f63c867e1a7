import type { DataRow } from './rows.js'
import { escapeInJson } from './text.js'

/** A value on one line. */
export function jsonText(value: unknown): string {
  return escapeInJson(JSON.stringify(value))
}

/** One object over several lines. */
export function jsonObject(value: object): string {
  return `${escapeInJson(JSON.stringify(value, null, 2))}\n`
}

/** An array with each item on a line of its own, in pieces. */
export function* jsonArray<Item>(items: readonly Item[], toRow: (item: Item) => DataRow): Generator<string> {
  if (items.length === 0) return yield '[]\n'
  for (const [index, item] of items.entries()) yield `${index === 0 ? '[\n' : ',\n'}  ${jsonText(toRow(item))}`
  yield '\n]\n'
}
