import { gzipSync } from 'node:zlib'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import { COLUMNS, type RowSource, type SqlValue } from '../../store/index.js'
import { MaintenanceError } from '../error.js'
import type { RowListener } from '../progress.js'
import { type Column, COLUMN_KINDS, REQUIRED } from '../rows/columns.js'

/** Rows of a row group at the most: readers skip whole groups, and each is in memory at once while it is written. */
const GROUP_ROWS = 5000

/** UTF-16 units of long texts from which on a group is written sooner. */
const GROUP_LENGTH = 8 * 1024 * 1024

/** Columns whose values differ from row to row: a dictionary of them would cost time and save nothing. */
const VARIED: ReadonlySet<Column> = new Set([
  'id',
  'start_time',
  'end_time',
  'duration',
  'efficiency_score',
  'input_size',
  'output_size',
  'metadata',
  'user_id',
])

/** Columns by whose least and greatest values readers skip row groups. */
const SEARCHED: ReadonlySet<Column> = new Set(['start_time', 'end_time', 'duration'])

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number]

/** Texts as they are stored, sizes and iterations as 64-bit integers, duration and efficiency as doubles. */
const SCHEMA: SchemaElement[] = [{ name: 'feature_usage', num_children: COLUMNS.length }, ...COLUMNS.map(element)]

function element(column: Column): SchemaElement {
  const repetition_type = REQUIRED.has(column) ? 'REQUIRED' : 'OPTIONAL'
  const kind = COLUMN_KINDS[column]
  if (kind === 'text') return { name: column, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }
  return { name: column, type: kind === 'real' ? 'DOUBLE' : 'INT64', repetition_type }
}

/** The file, piece by piece. @throws MaintenanceError where a value does not fit into its column */
export function* parquetPieces(source: RowSource, onPage: RowListener): Generator<Uint8Array> {
  const bytes = new ByteWriter()
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: SCHEMA,
    createdBy: '@cloudcurio/feature-tracking',
    codec: 'GZIP',
    compressors: { GZIP: (input) => gzipSync(input, { level: 1 }) },
  })
  let group: SqlValue[][] = []
  let length = 0
  for (const { content, rows, share } of source.rows()) {
    group.push(...content)
    length += content.reduce((sum, row) => sum + lengthOf(row[METADATA]) + lengthOf(row[ERROR]), 0)
    if (group.length >= GROUP_ROWS || length >= GROUP_LENGTH) {
      writeGroup(parquet, group)
      yield taken(bytes)
      group = []
      length = 0
    }
    onPage(rows, share)
  }
  if (group.length > 0) writeGroup(parquet, group)
  void parquet.finish()
  yield taken(bytes)
}

const METADATA = COLUMNS.indexOf('metadata')
const ERROR = COLUMNS.indexOf('error_message')

function lengthOf(value: SqlValue | undefined): number {
  return typeof value === 'string' ? value.length : 0
}

function writeGroup(parquet: ParquetWriter, rows: readonly SqlValue[][]): void {
  const columnData = COLUMNS.map((column, at): ColumnSource => {
    const source = {
      name: column,
      data: columnOf(rows, column, at),
      statistics: SEARCHED.has(column),
      offsetIndex: false,
    }
    return VARIED.has(column) ? Object.assign(source, { encoding: 'PLAIN' as const }) : source
  })
  // It is a promise only where the writer's `flush` gives one, and ours has none.
  void parquet.write({ columnData, rowGroupSize: rows.length })
}

function columnOf(rows: readonly SqlValue[][], column: Column, at: number): unknown[] {
  const kind = COLUMN_KINDS[column]
  return rows.map((row) => {
    const value = row[at] as SqlValue
    if (value === null) return null
    if (kind === 'text' && typeof value === 'string' && value.isWellFormed()) return value
    if (kind === 'real' && typeof value === 'number') return value
    if (kind === 'integer' && (typeof value === 'bigint' || Number.isSafeInteger(value))) return BigInt(value as number)
    throw new MaintenanceError(
      'unfit',
      `row ${String(row[0])} has ${show(value)} as ${column}, which Parquet's ${kind} column cannot hold`,
      'export to csv, json or jsonl, which keep it',
    )
  })
}

function show(value: SqlValue): string {
  return value instanceof Uint8Array ? `${value.length} bytes` : JSON.stringify(String(value).slice(0, 40))
}

/** What was written since it was last asked. */
function taken(bytes: ByteWriter): Uint8Array {
  const piece = new Uint8Array(bytes.buffer, 0, bytes.index).slice()
  bytes.index = 0
  return piece
}
