import { type FileHandle, open } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { MaintenanceError } from '../error.js'
import type { SourceFile } from './pieces.js'
import type { FileRow } from './readers.js'
import { headProblem, rowOf } from './row.js'
import { valueOfParquet } from './values.js'

/** Rows that are in memory at once. */
const STEP_ROWS = 5000

/** By itself the reader would take a byte order mark at the beginning of a text away. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const READING = {
  parsers: { stringFromBytes: (bytes: Uint8Array) => decoder.decode(bytes) },
  compressors: { GZIP: (input: Uint8Array) => gunzipSync(input) },
}

/** The rows of a Parquet file. @throws MaintenanceError */
export async function* parquetRows(file: SourceFile): AsyncGenerator<FileRow> {
  const handle = await open(file.path)
  try {
    const source = bufferOf(handle, file.bytes)
    const metadata = await parquetMetadataAsync(source).catch((error: unknown) => {
      throw new MaintenanceError('bad_format', `${file.path} is no Parquet file (${String(error)})`)
    })
    const names = parquetSchema(metadata).children.map(({ element }) => element.name)
    const problem = headProblem(names)
    if (problem !== undefined) throw new MaintenanceError('bad_format', `${file.path}: ${problem}`)
    const total = Number(metadata.num_rows)
    for (let from = 0; from < total; from += STEP_ROWS) {
      const to = Math.min(total, from + STEP_ROWS)
      const objects = await parquetReadObjects({ file: source, metadata, rowStart: from, rowEnd: to, ...READING })
      for (const [index, object] of objects.entries())
        yield {
          place: `row ${from + index + 1}`,
          read: (file.bytes * to) / total,
          values: () => valuesOf(object, names),
        }
    }
  } finally {
    await handle.close()
  }
}

function valuesOf(object: Readonly<Record<string, unknown>>, names: readonly string[]): ReturnType<FileRow['values']> {
  return rowOf((column) => (names.includes(column) ? valueOfParquet(column, object[column]) : undefined))
}

function bufferOf(handle: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    slice: async (start, end = byteLength) => {
      const bytes = new Uint8Array(end - start)
      await handle.read(bytes, 0, bytes.length, start)
      return bytes.buffer
    },
  }
}
