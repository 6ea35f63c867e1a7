import { existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { StoreError } from '../../contract.js'
import { isBusy } from '../write/failure.js'

export interface ReplaceOptions {
  /** Under this name the file that was at the path is kept; undefined lets it go. */
  readonly keepAs: string | undefined
  /** How long to wait for those who write or hold an old state, in milliseconds. */
  readonly patienceMs: number
}

const COMPANIONS = ['-wal', '-shm', '-journal'] as const

const PAUSE_MS = 5

/**
 * Puts a database in the place of another, in one step: whoever opens the path finds the one or the other. Processes that
 * have the old one open notice and go on with the new one (see `DatabaseFile`).
 *
 * Meanwhile nobody writes to the old one, whose log is empty then, and nobody opens the new one before the old one's log is
 * gone from beside it.
 *
 * @param draft a whole database in the same folder, without a log
 * @throws StoreError `unavailable` when others do not let go of the old one
 */
export function replaceDatabase(draft: string, path: string, { keepAs, patienceMs }: ReplaceOptions): void {
  const next = new BetterSqlite3(draft, { fileMustExist: true })
  try {
    next.exec('BEGIN EXCLUSIVE')
    const old = existsSync(path) ? stopWriters(path, patienceMs) : undefined
    try {
      if (keepAs !== undefined && existsSync(path)) linkSync(path, keepAs)
      // A damaged one keeps its log, which may hold what it lacks.
      if (old === undefined && keepAs !== undefined) linkCompanions(path, keepAs)
      renameSync(draft, path)
      for (const companion of COMPANIONS) rmSync(path + companion, { force: true })
    } finally {
      old?.close()
    }
  } finally {
    next.close()
  }
}

/**
 * A connection that holds the write lock of a database whose log is empty.
 * @returns undefined where the file is no sound database: nobody can write to it either
 */
function stopWriters(path: string, patienceMs: number): Database | undefined {
  const deadline = Date.now() + patienceMs
  const database = new BetterSqlite3(path, { fileMustExist: true, timeout: 0 })
  try {
    for (;;) {
      if (holdsAll(database, path)) return database
      if (Date.now() > deadline)
        throw new StoreError(
          'unavailable',
          `${path} is in use by a process that holds an old state of it or does not stop writing: end it, then try again. Nothing was changed.`,
        )
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  } catch (error) {
    database.close()
    if (/^SQLITE_(?:NOTADB|CORRUPT)/.test(String((error as { code?: unknown }).code))) return undefined
    throw error
  }
}

function holdsAll(database: Database, path: string): boolean {
  try {
    database.pragma('wal_checkpoint(TRUNCATE)')
    database.exec('BEGIN IMMEDIATE')
    if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return true
    database.exec('ROLLBACK')
    return false
  } catch (error) {
    if (!isBusy(error)) throw error
    return false
  }
}

function linkCompanions(path: string, keepAs: string): void {
  for (const companion of COMPANIONS) if (existsSync(path + companion)) linkSync(path + companion, keepAs + companion)
}
