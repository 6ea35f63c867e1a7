import type { FeatureUsageRecord } from '../../../record/index.js'
import type { SpanLink, TracedRecord } from '../../explore.js'
import type { Statements } from '../rollup/statements.js'
import type { Row } from '../rows.js'
import { COLUMNS } from '../schema.js'

const UNKNOWN: SpanLink = { traceId: null, spanId: null, parentSpanId: null }

const LINKS = `SELECT lower(hex(trace_id)), lower(hex(span_id)), lower(hex(parent_span_id)) FROM feature_traces
  WHERE record_id = ?`

/** The records with where they stand in their traces. */
export function withLinks(statements: Statements, records: readonly FeatureUsageRecord[]): TracedRecord[] {
  if (!statements.hasTable('feature_traces')) return records.map((record) => ({ ...record, ...UNKNOWN }))
  return records.map((record) => {
    const [link] = statements.rows<[string, string, string]>(LINKS, record.recordId)
    if (link === undefined) return { ...record, ...UNKNOWN }
    const [traceId, spanId, parentSpanId] = link
    // hex() makes an empty text of NULL.
    return { ...record, traceId, spanId, parentSpanId: parentSpanId || null }
  })
}

/** Rows of a trace, in no order. */
export function traceRows(statements: Statements, traceId: string, limit: number): Row[] {
  if (!/^[0-9a-f]{32}$/i.test(traceId) || !statements.hasTable('feature_traces')) return []
  return statements.rows<Row>(
    `SELECT ${COLUMNS.join(', ')} FROM feature_usage
     WHERE id IN (SELECT record_id FROM feature_traces WHERE trace_id = unhex(?)) LIMIT ?`,
    traceId,
    limit,
  )
}
