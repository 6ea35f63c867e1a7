import type { TraceRecord } from '../../../server/contract.js'

export interface TraceRow {
  readonly record: TraceRecord
  /** How many calls were made in this one, directly and further in. */
  readonly inside: number
}

/** The rows that are seen: calls inside a collapsed one are not. Parents come before their children. */
export function shownRows(records: readonly TraceRecord[], collapsed: ReadonlySet<string>): TraceRow[] {
  const rows: TraceRow[] = []
  for (let index = 0; index < records.length;) {
    const record = records[index] as TraceRecord
    const inside = insideOf(records, index)
    rows.push({ record, inside })
    index += collapsed.has(record.record_id) ? 1 + inside : 1
  }
  return rows
}

/** Those that follow and lie deeper. */
function insideOf(records: readonly TraceRecord[], index: number): number {
  const { depth } = records[index] as TraceRecord
  let end = index + 1
  while (end < records.length && (records[end] as TraceRecord).depth > depth) end++
  return end - index - 1
}

/** The row of the call that a row's call was made in; -1 for a root. */
export function parentIndex(rows: readonly TraceRow[], index: number): number {
  const depth = rows[index]?.record.depth ?? 0
  return rows.findLastIndex((row, at) => at < index && row.record.depth < depth)
}
