import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { ensurePrivateFolder } from '../../config/index.js'
import { StoreError } from '../contract.js'
import { removeOrphanedCompanions } from './write/database-file.js'
import { migrate, schemaStatus } from './migrations.js'

/** How long a reader waits for a lock. */
const READ_TIMEOUT_MS = 5000

/** A writer waits by itself: SQLite's waiting is unfair, and nothing else can be done meanwhile. */
const WRITE_TIMEOUT_MS = 0

/**
 * Opens the file for writing: makes folder (0700) and file (0600) where they lack, refuses what is not ours before
 * anything is changed, then brings the schema up to date.
 *
 * @throws StoreError
 */
export function openForWriting(path: string): Database {
  return guarded(path, () => {
    createPrivateFile(path)
    const database = new BetterSqlite3(path, { timeout: WRITE_TIMEOUT_MS })
    try {
      schemaStatus(database)
      letShrink(database)
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = NORMAL')
      database.pragma('wal_autocheckpoint = 16000')
      database.pragma('journal_size_limit = 67108864')
      migrate(database)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** Only a file without any table can be told that it will give free pages back little by little. */
function letShrink(database: Database): void {
  if (database.pragma('page_count', { simple: true }) === 0) database.pragma('auto_vacuum = INCREMENTAL')
}

/**
 * Bytes of the file that are kept by who reads little of it twice: to touch fresh memory costs more than to read a page
 * again.
 */
export const SMALL_CACHE = 1024 * 1024

/**
 * Opens an existing file for questions only.
 * @param cacheBytes of the file that SQLite keeps in memory, where it is not its default of 16 MB
 * @throws StoreError, `not_found` when there is no file
 */
export function openForReading(path: string, cacheBytes?: number): Database {
  return guarded(path, () => {
    if (!fileExists(path))
      throw new StoreError(
        'not_found',
        `there is no file ${path}: nothing has been tracked there yet, or it is another path`,
      )
    const database = openReadOnly(path)
    try {
      schemaStatus(database)
      database.pragma('query_only = ON')
      if (cacheBytes !== undefined) database.pragma(`cache_size = ${-Math.round(cacheBytes / 1024)}`)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/**
 * A file in WAL mode cannot be opened read-only where its -shm file is missing and the folder is not writable; an
 * ordinary connection that is told to write nothing can be opened wherever the file's owner runs it.
 */
function openReadOnly(path: string): Database {
  try {
    return new BetterSqlite3(path, { timeout: READ_TIMEOUT_MS, fileMustExist: true })
  } catch {
    return new BetterSqlite3(path, { timeout: READ_TIMEOUT_MS, fileMustExist: true, readonly: true })
  }
}

/** The exclusive flag makes sure that a file which somebody has open is never opened here: closing it would lose locks. */
function createPrivateFile(path: string): void {
  ensurePrivateFolder(dirname(path))
  removeOrphanedCompanions(path)
  let descriptor: number
  try {
    descriptor = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw error
  }
  closeSync(descriptor)
  chmodSync(path, 0o600)
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toStoreError(error, path)
  }
}

/** The error as a StoreError whose message names the file and what to do. */
export function toStoreError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  const reason = error instanceof Error ? error.message : String(error)
  const options = { cause: error }
  if (code.startsWith('SQLITE_NOTADB'))
    return new StoreError('not_ours', `${path} is not an SQLite database: give another path`, options)
  if (code.startsWith('SQLITE_CORRUPT'))
    return new StoreError(
      'corrupt',
      `${path} is damaged (${reason}): put back a backup, or move the file away to start anew`,
      options,
    )
  if (code.startsWith('SQLITE_CONSTRAINT'))
    return new StoreError(
      'unavailable',
      `${path} refused a record (${reason}): give every field a value of its kind`,
      options,
    )
  if (code === 'SQLITE_FULL')
    return new StoreError('unavailable', `no space is left for ${path}: make room on the disk`, options)
  if (code.startsWith('SQLITE_BUSY'))
    return new StoreError(
      'unavailable',
      `${path} is locked by another process: try again when it has finished`,
      options,
    )
  if (isFolder(path)) return new StoreError('unavailable', `${path} is a folder: give the path of a file`, options)
  return new StoreError(
    'unavailable',
    `${path} cannot be opened or written (${reason}): check the path and its permissions`,
    options,
  )
}

/** @throws what the system says, other than that there is nothing */
function fileExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Not by `throwIfNoEntry`: a path below a file throws all the same. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
