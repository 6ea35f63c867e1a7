import { stringify } from 'csv-stringify/sync'
import type { TracedRecord } from '../../store/index.js'
import { callRecord } from '../figures.js'

const COLUMNS = [
  'record_id',
  'feature_name',
  'category',
  'status',
  'duration',
  'start_time',
  'end_time',
  'input_size',
  'output_size',
  'metadata',
  'user_id',
  'session_id',
  'error_message',
  'efficiency_score',
  'iterations',
  'trace_id',
  'span_id',
  'parent_span_id',
] as const

/** Texts that a spreadsheet would run as formulas get an apostrophe in front. */
export function csvOf(records: readonly TracedRecord[]): string {
  const lines = records.map((record) => {
    const row = callRecord(record)
    return COLUMNS.map((name) => (name === 'metadata' ? JSON.stringify(row.metadata) : row[name]))
  })
  return stringify([COLUMNS, ...lines], { escape_formulas: true })
}
