import { closeSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { StoreError } from '../../contract.js'
import { COLUMNS } from '../schema.js'
import { codeOf } from './failure.js'

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1')

/** So many bytes of the first 16 must be right for a file that SQLite does not know to be a damaged database. */
const LIKENESS = 12

const VERSION_COLUMNS = ['version', 'name', 'applied_at'] as const

/** More than so many columns that lack make it another table. */
const MAX_DAMAGED_COLUMNS = 3

/** Names of the files that belong to a database, after its own. */
const COMPANIONS = ['-wal', '-shm', '-journal'] as const

/** The file below the connection: whether it is still the one that was opened, and whether it is sound. */
export class DatabaseFile {
  readonly #path: string
  #identity: string | undefined
  #companions = new Map<string, string>()

  constructor(path: string) {
    this.#path = path
  }

  /** Notes which file was opened, when a connection is new. */
  noteOpened(): void {
    if (this.#identity !== undefined) return
    this.#identity = this.#find()
    for (const companion of COMPANIONS) this.#companions.set(companion, this.#find(companion))
  }

  noteClosed(): void {
    this.#identity = undefined
    this.#companions.clear()
  }

  /**
   * Removes the log and index of the file that was opened, where they are still beside the path: another database would
   * take them for its own. Called while the connection is open, so that their numbers cannot have been given again.
   */
  removeCompanions(): void {
    for (const [companion, identity] of this.#companions)
      if (identity !== 'none' && this.#find(companion) === identity) rmSync(this.#path + companion, { force: true })
  }

  /** Whether the file that is open is no longer the one at the path: it was removed, or another was put there. */
  get hasMoved(): boolean {
    return this.#identity !== undefined && this.#find() !== this.#identity
  }

  /** By stat alone: to open and close the file would lose the locks of this process. */
  #find(companion = ''): string {
    try {
      const found = statSync(this.#path + companion, { bigint: true, throwIfNoEntry: false })
      return found === undefined ? 'none' : `${found.dev}.${found.ino}`
    } catch {
      return this.#identity ?? 'none'
    }
  }

  /** Whether an error says that the file is a database of ours which is damaged. No connection to it may be open. */
  isDamaged(error: unknown): boolean {
    const code = codeOf(error)
    if (code.startsWith('SQLITE_CORRUPT')) return true
    if (code.startsWith('SQLITE_NOTADB')) return this.#resemblesDatabase()
    const isOddSchema = code === 'SQLITE_ERROR' || (error instanceof StoreError && error.code === 'not_ours')
    return isOddSchema && this.#hasDamagedSchema()
  }

  /** Whether a table of ours lacks a few of its columns: a name that differs by a byte, not somebody else's table. */
  #hasDamagedSchema(): boolean {
    const database = new BetterSqlite3(this.#path, { fileMustExist: true, timeout: 0 })
    try {
      const columnsOf = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck()
      const missing = (table: string, columns: readonly string[]): number => {
        const found = columnsOf.all(table)
        return found.length === 0 ? 0 : columns.filter((column) => !found.includes(column)).length
      }
      const [rows, versions] = [missing('feature_usage', COLUMNS), missing('feature_tracking_schema', VERSION_COLUMNS)]
      return rows <= MAX_DAMAGED_COLUMNS && rows + versions > 0
    } finally {
      database.close()
    }
  }

  #resemblesDatabase(): boolean {
    const head = Buffer.alloc(MAGIC.length)
    const descriptor = openSync(this.#path, 'r')
    try {
      readSync(descriptor, head, 0, head.length, 0)
    } finally {
      closeSync(descriptor)
    }
    return MAGIC.filter((byte, index) => head[index] === byte).length >= LIKENESS
  }

  /**
   * Renames the file and its companions, so that a new one can be started and this one be looked at.
   * @returns its new path
   * @throws what the system says
   */
  setAside(): string {
    const target = `${this.#path}.corrupt-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
    renameSync(this.#path, target)
    for (const companion of COMPANIONS)
      if (isThere(this.#path + companion)) renameSync(this.#path + companion, target + companion)
    return target
  }
}

/**
 * Removes what a database that is gone has left beside it: a new one would share its index with connections to the old.
 * SQLite itself drops such a log. Does nothing where there is a database.
 */
export function removeOrphanedCompanions(path: string): void {
  // In this order: what is seen before the database is found missing cannot belong to one that is made meanwhile.
  const found = COMPANIONS.filter((companion) => isThere(path + companion))
  if (found.length === 0 || isThere(path)) return
  for (const companion of found) rmSync(path + companion, { force: true })
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
