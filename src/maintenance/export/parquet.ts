import { gzipSync } from 'node:zlib'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import { COLUMNS, type RowSource, type SqlValue } from '../../store/index.js'
import type { RowListener } from '../progress.js'
import { type Column, COLUMN_KINDS, REQUIRED } from '../rows/columns.js'
import { GroupMetadata } from './parquet-metadata.js'
import { type WaitingColumn, waitingColumn } from './parquet-columns.js'

/**
 * Rows of a row group at the most: readers skip whole groups, and each is in memory at once while it is written. Of 16,000
 * and more V8 keeps the lists of values among its large objects, which it gives back late.
 */
const GROUP_ROWS = 12_000

/** Bytes of a page, the part of a column that is compressed at once: what fits into the processor's cache is faster. */
const PAGE_BYTES = 64 * 1024

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
  const group = new RowGroup(parquet)
  const pieces = new Pieces(bytes)
  for (const { content, rows, share } of source.rows()) {
    group.add(content)
    if (group.isFull) {
      group.write()
      yield pieces.next()
    }
    onPage(rows, share)
  }
  if (group.rows > 0) group.write()
  void parquet.finish()
  yield pieces.next()
}

const METADATA = COLUMNS.indexOf('metadata')
const ERROR = COLUMNS.indexOf('error_message')

function lengthOf(value: SqlValue | undefined): number {
  return typeof value === 'string' ? value.length : 0
}

/** Rows that wait to be written, column by column: as rows they would take several times the memory. */
class RowGroup {
  readonly #columns = COLUMNS.map((column, at) => waitingColumn(column, at, VARIED.has(column)))
  readonly #parquet: ParquetWriter
  readonly #metadata: GroupMetadata
  #length = 0
  rows = 0

  constructor(parquet: ParquetWriter) {
    this.#parquet = parquet
    this.#metadata = new GroupMetadata(parquet)
  }

  get isFull(): boolean {
    return this.rows >= GROUP_ROWS || this.#length >= GROUP_LENGTH
  }

  /** @throws MaintenanceError where a value does not fit into its column */
  add(rows: readonly SqlValue[][]): void {
    for (const column of this.#columns) column.add(rows)
    this.#length += rows.reduce((sum, row) => sum + lengthOf(row[METADATA]) + lengthOf(row[ERROR]), 0)
    this.rows += rows.length
  }

  write(): void {
    const columnData = COLUMNS.map((column, at) => this.#source(column, this.#columns[at] as WaitingColumn))
    // It is a promise only where the writer's `flush` gives one, and ours has none.
    void this.#parquet.write({ columnData, rowGroupSize: this.rows, pageSize: PAGE_BYTES })
    this.#metadata.settle()
    for (const column of this.#columns) column.clear()
    this.#length = 0
    this.rows = 0
  }

  #source(column: Column, waiting: WaitingColumn): ColumnSource {
    return {
      name: column,
      get data() {
        return waiting.values()
      },
      statistics: SEARCHED.has(column),
      offsetIndex: false,
      ...(VARIED.has(column) ? { encoding: 'PLAIN' as const } : {}),
    }
  }
}

/**
 * Hands out what the writer has written, and gives it other memory to write on: pieces are in two places by turns. New
 * memory for each would be given back late.
 */
class Pieces {
  readonly #bytes: ByteWriter
  #other = new ArrayBuffer(0)

  constructor(bytes: ByteWriter) {
    this.#bytes = bytes
  }

  /** What was written since; it stays as it is until the piece after the next is asked for. */
  next(): Uint8Array {
    const bytes = this.#bytes
    const piece = new Uint8Array(bytes.buffer, 0, bytes.index)
    const used = bytes.buffer
    bytes.buffer = this.#other.byteLength > 0 ? this.#other : new ArrayBuffer(used.byteLength)
    bytes.view = new DataView(bytes.buffer)
    bytes.index = 0
    this.#other = used
    return piece
  }
}
