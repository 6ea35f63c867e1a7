import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod, link, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { MaintenanceError } from '../error.js'
import { give } from './give.js'

/** Where an export goes: a file, or a stream that stays open. */
export type Output =
  | { readonly path: string; readonly force?: boolean | undefined }
  | { readonly stream: Writable; readonly gzip?: boolean | undefined }

/** Bytes on their way between reading, compressing and writing. */
const BUFFER_BYTES = 1024 * 1024

/**
 * Writes pieces out, as fast as they are taken. A file of mode 0600 appears under its name when it is whole, compressed
 * where the name ends in `.gz`.
 * @throws MaintenanceError
 */
export async function writeOutput(pieces: Iterable<Uint8Array>, output: Output, signal?: AbortSignal): Promise<void> {
  if ('stream' in output) return writeStream(pieces, output.stream, output.gzip === true, signal)
  const draft = `${output.path}.${randomBytes(4).toString('hex')}.part`
  try {
    const file = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true, highWaterMark: BUFFER_BYTES })
    await run(pieces, file, output.path.endsWith('.gz'), { signal })
    await chmod(draft, 0o600)
    await publish(draft, output.path, output.force === true)
  } catch (error) {
    throw writeFailure(error, output.path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** A link appears only where nothing was; a rename would replace what came meanwhile. */
async function publish(draft: string, path: string, force: boolean): Promise<void> {
  if (force) await rename(draft, path)
  else await link(draft, path)
}

async function writeStream(
  pieces: Iterable<Uint8Array>,
  stream: Writable,
  gzip: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await run(pieces, stream, gzip, { signal, end: false })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // A reader such as `head` has seen enough.
    if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'ERR_STREAM_PREMATURE_CLOSE') return
    if (!isSystemError(error)) throw error
    throw new MaintenanceError('bad_path', `the output cannot be written (${message})`, undefined, { cause: error })
  }
}

async function run(
  pieces: Iterable<Uint8Array>,
  target: Writable,
  gzip: boolean,
  { signal, end = true }: { signal?: AbortSignal | undefined; end?: boolean },
): Promise<void> {
  if (!gzip) return give(pieces, target, end, signal)
  const compressor = createGzip({ level: 6, chunkSize: 65_536 })
  await Promise.all([give(pieces, compressor, true, signal), pipeline(compressor, target, { end })])
}

function writeFailure(error: unknown, path: string): unknown {
  if (!isSystemError(error)) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return alreadyThere(path)
  return new MaintenanceError('bad_path', `${path} cannot be written (${message})`, 'give another path', {
    cause: error,
  })
}

function isSystemError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string'
}

function alreadyThere(path: string): MaintenanceError {
  return new MaintenanceError('exists', `${path} is there already`, 'give another path, or --force to replace it')
}

/** Names of the files that belong to a database, after its own. */
const COMPANIONS = ['', '-wal', '-shm', '-journal', '.key', '.turns']

/**
 * Looks before any work is done whether a file may be written.
 * @param dbPath a database that is read meanwhile and must not be replaced
 * @returns the absolute path
 * @throws MaintenanceError
 */
export async function checkOutput(path: string, force: boolean, dbPath: string): Promise<string> {
  if (path === '' || path.includes('\0'))
    throw new MaintenanceError('bad_path', `the output is ${JSON.stringify(path)}: give the path of a file`)
  const target = resolve(path)
  const found = await stat(target).catch(() => undefined)
  if (found?.isDirectory() === true)
    throw new MaintenanceError('bad_path', `${target} is a folder`, 'give the path of a file in it')
  const [real, database] = await Promise.all([realPath(target), realPath(dbPath)])
  if (COMPANIONS.some((companion) => real === database + companion))
    throw new MaintenanceError('bad_path', `${target} belongs to the database that is read`, 'give another path')
  if (found !== undefined && !force) throw alreadyThere(target)
  return target
}

/** Also of a file that is not there yet: its folder's, then. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const folder = await realpath(dirname(resolve(path))).catch(() => dirname(resolve(path)))
    return join(folder, basename(path))
  }
}
