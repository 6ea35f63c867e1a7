import { existsSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { StoreError } from '../../contract.js'
import { openForWriting } from '../database.js'

/** Pages of log after which they are written back: little at a time, so that no writer has to do all of it. */
const CHECKPOINT_PAGES = 1000

/** Makes an empty database where there is none. @throws StoreError */
export function createDatabase(path: string): void {
  openForWriting(path).close()
}

/**
 * Opens an existing file for work that may take long, beside others that write. Its schema is brought up to date.
 * @throws StoreError
 */
export function openForUpkeep(path: string): Database {
  if (!existsSync(path))
    throw new StoreError(
      'not_found',
      `there is no file ${path}: nothing has been tracked there yet, or it is another path`,
    )
  const database = openForWriting(path)
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  return database
}
