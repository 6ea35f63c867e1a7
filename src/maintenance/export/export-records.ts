import { type RecordFilter, RowSource } from '../../store/index.js'
import type { ProgressListener, RowListener } from '../progress.js'
import { CSV } from './csv.js'
import { type FileFormat, requireFormat } from './formats.js'
import { JSON_ARRAY, JSON_LINES } from './json.js'
import { checkOutput, type Output, writeOutput } from './output.js'
import { type TextFormat, textPieces } from './text-format.js'

export interface ExportOptions {
  /** Absolute path of the SQLite file. */
  readonly dbPath: string
  readonly output: Output
  /** Default: what the output's name tells. */
  readonly format?: FileFormat | undefined
  readonly filter?: RecordFilter | undefined
  readonly onProgress?: ProgressListener | undefined
  /** Ends the work; no file is left then. */
  readonly signal?: AbortSignal | undefined
}

export interface ExportReport {
  readonly rows: number
  /** Absolute, where a file was written. */
  readonly path: string | undefined
}

const TEXT_FORMATS: Readonly<Record<Exclude<FileFormat, 'parquet'>, TextFormat>> = {
  csv: CSV,
  json: JSON_ARRAY,
  jsonl: JSON_LINES,
}

/**
 * Writes records to a file or stream, exactly as they are stored, in the order in which they were written. Memory does not
 * grow with their number, and processes that write meanwhile are not held up.
 * @throws StoreError, MaintenanceError
 */
export async function exportRecords(options: ExportOptions): Promise<ExportReport> {
  const { dbPath, output, onProgress } = options
  const path = 'path' in output ? output.path : undefined
  const format = requireFormat(options.format, path)
  const force = 'path' in output && output.force === true
  const target = path === undefined ? undefined : await checkOutput(path, force, dbPath)
  const source = new RowSource(dbPath, options.filter)
  try {
    let rows = 0
    const onPage: RowListener = (more, share) => {
      rows += more
      onProgress?.({ rows, share })
    }
    const pieces = await piecesOf(source, format, onPage)
    await writeOutput(pieces, target === undefined ? output : { path: target, force }, options.signal)
    return { rows, path: target }
  } finally {
    source.close()
  }
}

async function piecesOf(source: RowSource, format: FileFormat, onPage: RowListener): Promise<Iterable<Uint8Array>> {
  if (format !== 'parquet') return textPieces(source, TEXT_FORMATS[format], onPage)
  const { parquetPieces } = await import('./parquet.js')
  return parquetPieces(source, onPage)
}
