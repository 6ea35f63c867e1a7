import { existsSync } from 'node:fs'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { StoreError } from '../../contract.js'
import { toStoreError } from '../database.js'
import { type Contents, contentsOf, refuseForeignSchema, requireSound } from './contents.js'

/** How far a copy is. */
export interface CopyProgress {
  readonly phase: 'copy' | 'verify'
  /** Pages of 4 kB in `copy`, rows in `verify`. */
  readonly done: number
  readonly total: number
}

export interface CopyOptions {
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Pages that are copied before anything else gets a chance: some milliseconds. */
const PAGES_PER_STEP = 2000

const READ_TIMEOUT_MS = 5000

/**
 * Copies a database into a new file through SQLite's backup interface, while others go on writing to it, and compares the
 * two: the copy's integrity, the number of rows, and every value in them.
 *
 * All of it is one read transaction: SQLite would start again with every write of another process otherwise, and never
 * come to an end. What is written meanwhile goes to the write-ahead log, and when that is full, waits with its writer.
 *
 * @param to an empty file; the copy is whole in it, without a log beside it
 * @throws StoreError; what was asked by the signal
 */
export async function copyDatabase(from: string, to: string, options: CopyOptions = {}): Promise<Contents> {
  try {
    const source = openSource(from)
    try {
      refuseForeignSchema(source, from)
      source.exec('BEGIN')
      source.prepare('SELECT 1 FROM feature_usage LIMIT 1').get()
      await copyPages(source, to, options)
      return compare(source, from, to, options)
    } finally {
      source.close()
    }
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    throw toStoreError(error, from)
  }
}

/** Nothing of the schema may run: the file may be anybody's. */
function openSource(path: string): Database {
  if (!existsSync(path))
    throw new StoreError(
      'not_found',
      `there is no file ${path}: nothing has been tracked there yet, or it is another path`,
    )
  const database = new BetterSqlite3(path, { fileMustExist: true, timeout: READ_TIMEOUT_MS })
  database.pragma('trusted_schema = OFF')
  return database
}

async function copyPages(source: Database, to: string, { onProgress, signal }: CopyOptions): Promise<void> {
  const { totalPages } = await source.backup(to, {
    progress: ({ totalPages: total, remainingPages }) => {
      signal?.throwIfAborted()
      if (total > 0) onProgress?.({ phase: 'copy', done: total - remainingPages, total })
      return PAGES_PER_STEP
    },
  })
  onProgress?.({ phase: 'copy', done: totalPages, total: totalPages })
}

function compare(source: Database, from: string, to: string, { onProgress, signal }: CopyOptions): Contents {
  const copy = new BetterSqlite3(to, { fileMustExist: true })
  try {
    copy.pragma('trusted_schema = OFF')
    // A file without a log can be moved as one.
    copy.pragma('journal_mode = DELETE')
    requireSound(copy, from)
    const found = contentsOf(copy)
    const wanted = contentsOf(source, (rows) => {
      signal?.throwIfAborted()
      onProgress?.({ phase: 'verify', done: rows, total: found.rows })
    })
    if (found.rows === wanted.rows && found.checksum === wanted.checksum) return found
    throw new Error(`the copy has ${found.rows} rows of ${wanted.rows}, or others: the disk may be failing`)
  } finally {
    copy.close()
  }
}
