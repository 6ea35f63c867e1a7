import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { StringDecoder } from 'node:string_decoder'
import { MaintenanceError } from '../error.js'
import { type FileFormat, formatOfName } from '../export/formats.js'

const READ_BYTES = 256 * 1024

/** A file that is going to be read. */
export interface SourceFile {
  readonly path: string
  readonly bytes: number
  readonly isGzip: boolean
  readonly format: FileFormat
}

/**
 * Looks at a file's first bytes.
 * @param format what it is said to be
 * @throws MaintenanceError where it cannot be read, or is something else
 */
export async function lookAt(path: string, format?: FileFormat): Promise<SourceFile> {
  if (path.includes('\0'))
    throw new MaintenanceError('bad_path', `the path is ${JSON.stringify(path)}: give the path of a file`)
  try {
    const { size } = await stat(path)
    const head = await firstBytes(path)
    if (head.toString('latin1').startsWith('SQLite format 3'))
      throw new MaintenanceError(
        'bad_format',
        `${path} is an SQLite database`,
        'merge unites databases; see merge --help',
      )
    const isGzip = head[0] === 0x1f && head[1] === 0x8b
    return { path, bytes: size, isGzip, format: format ?? formatOfName(path) ?? guess(head) }
  } catch (error) {
    throw readFailure(error, path)
  }
}

/** At most 64. */
export async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

function guess(head: Buffer): FileFormat {
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (text.startsWith('PAR1')) return 'parquet'
  if (text.startsWith('[')) return 'json'
  return text.startsWith('{') ? 'jsonl' : 'csv'
}

/** The text of a file, piece by piece, and how many bytes of it were read when a piece came. @throws MaintenanceError */
export async function* textOf(file: SourceFile): AsyncGenerator<{ text: string; read: number }> {
  const decoder = new StringDecoder('utf8')
  const raw = createReadStream(file.path, { highWaterMark: READ_BYTES })
  // What goes wrong reaches the reader of the last stream.
  const stream = file.isGzip ? pipeline(raw, createGunzip({ chunkSize: READ_BYTES }), () => {}) : raw
  try {
    for await (const bytes of stream) yield { text: decoder.write(bytes as Buffer), read: raw.bytesRead }
    yield { text: decoder.end(), read: file.bytes }
  } catch (error) {
    throw readFailure(error, file.path)
  } finally {
    raw.destroy()
  }
}

function readFailure(error: unknown, path: string): unknown {
  if (error instanceof MaintenanceError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new MaintenanceError('bad_path', `there is no file ${path}`, 'give the path of a file')
  return new MaintenanceError('bad_path', `${path} cannot be read (${message})`, undefined, { cause: error })
}
