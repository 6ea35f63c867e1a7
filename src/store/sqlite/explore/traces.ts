import type { Database } from 'better-sqlite3'
import type { FeatureUsageRecord } from '../../../record/index.js'
import type { SpanLink, TracedRecord } from '../../explore.js'
import { hasTable } from '../migrations.js'
import type { Row } from '../rows.js'
import { COLUMNS } from '../schema.js'

const UNKNOWN: SpanLink = { traceId: null, spanId: null, parentSpanId: null }

/** The records with where they stand in their traces. */
export function withLinks(database: Database, records: readonly FeatureUsageRecord[]): TracedRecord[] {
  if (!hasTable(database, 'feature_traces')) return records.map((record) => ({ ...record, ...UNKNOWN }))
  const find = database.prepare<[string], SpanLink>(
    `SELECT lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, lower(hex(parent_span_id)) AS parentSpanId
     FROM feature_traces WHERE record_id = ?`,
  )
  return records.map((record) => {
    const link = find.get(record.recordId)
    // hex() makes an empty text of NULL.
    return { ...record, ...(link === undefined ? UNKNOWN : { ...link, parentSpanId: link.parentSpanId || null }) }
  })
}

/** Rows of a trace, in no order. */
export function traceRows(database: Database, traceId: string, limit: number): Row[] {
  if (!/^[0-9a-f]{32}$/i.test(traceId) || !hasTable(database, 'feature_traces')) return []
  return database
    .prepare<[string, number], Row>(
      `SELECT ${COLUMNS.join(', ')} FROM feature_usage
       WHERE id IN (SELECT record_id FROM feature_traces WHERE trace_id = unhex(?)) LIMIT ?`,
    )
    .raw()
    .all(traceId, limit)
}
