import { COLUMNS } from '../../store/index.js'

export type Column = (typeof COLUMNS)[number]

export type ColumnKind = 'text' | 'integer' | 'real'

/** What a column holds by the table's definition; other programs may have stored something else. */
export const COLUMN_KINDS: Readonly<Record<Column, ColumnKind>> = {
  id: 'text',
  feature_name: 'text',
  category: 'text',
  status: 'text',
  duration: 'real',
  start_time: 'text',
  end_time: 'text',
  input_size: 'integer',
  output_size: 'integer',
  metadata: 'text',
  user_id: 'text',
  session_id: 'text',
  error_message: 'text',
  efficiency_score: 'real',
  iterations: 'integer',
}

/** Columns that no row may lack. */
export const REQUIRED: ReadonlySet<Column> = new Set([
  'id',
  'feature_name',
  'category',
  'status',
  'duration',
  'start_time',
  'end_time',
  'session_id',
])

/** Where a column's value is in a row. */
export function columnAt(column: Column): number {
  return COLUMNS.indexOf(column)
}
