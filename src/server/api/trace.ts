import { parseTimeText } from '../../record/index.js'
import type { TracedRecord } from '../../store/index.js'
import type { TraceRecord } from '../contract.js'
import { callRecord } from '../figures.js'

/** The calls of a trace, parents before their children. @param records by start */
export function placedInTrace(records: readonly TracedRecord[]): TraceRecord[] {
  const bySpan = new Map(records.map((record) => [record.spanId, record]))
  const children = new Map<TracedRecord | undefined, TracedRecord[]>()
  const parentOf = (record: TracedRecord): TracedRecord | undefined => {
    const parent = record.parentSpanId === null ? undefined : bySpan.get(record.parentSpanId)
    return parent === record ? undefined : parent
  }
  for (const record of records) {
    const parent = parentOf(record)
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [record])
    else siblings.push(record)
  }
  const begin = microsOf(records[0])
  const placed: TraceRecord[] = []
  const seen = new Set<TracedRecord>()
  const place = (record: TracedRecord, depth: number): void => {
    if (seen.has(record)) return
    seen.add(record)
    const offset = Math.max(0, (microsOf(record) - begin) / 1e6)
    placed.push({ ...callRecord(record), parent_record_id: parentOf(record)?.recordId ?? null, depth, offset })
    for (const child of children.get(record) ?? []) place(child, depth + 1)
  }
  for (const root of children.get(undefined) ?? []) place(root, 0)
  // Spans that name each other as parents, which only somebody else can have written.
  for (const record of records) place(record, 0)
  return placed
}

function microsOf(record: TracedRecord | undefined): number {
  return parseTimeText(record?.startTime ?? '') ?? 0
}
