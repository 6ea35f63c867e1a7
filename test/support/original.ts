import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import BetterSqlite3 from 'better-sqlite3'
import { tempDatabase } from './temp.js'

/** A file that the Python original wrote: 160 calls, times without offset, clear user ids. */
export const ORIGINAL = fileURLToPath(new URL('../fixtures/python-original.db', import.meta.url))

/** A copy of the original's file, which a test may change. */
export function copyOfOriginal(): string {
  const path = tempDatabase()
  copyFileSync(ORIGINAL, path)
  return path
}

/** The rows that a statement gives, read without the library. */
export function sql<T>(path: string, statement: string, ...values: unknown[]): T[] {
  const database = new BetterSqlite3(path, { readonly: true, fileMustExist: true })
  try {
    return database.prepare<unknown[], T>(statement).all(...values)
  } finally {
    database.close()
  }
}

/** Runs statements without the library. */
export function execute(path: string, statements: string): void {
  const database = new BetterSqlite3(path)
  try {
    database.exec(statements)
  } finally {
    database.close()
  }
}
