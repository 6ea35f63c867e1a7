import BetterSqlite3, { type Database } from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { tempDatabase } from './temp.js'

/** A database with a write-ahead log that nothing empties by itself, and a table `t (text)`. */
export function databaseWithLog(): { path: string; database: Database } {
  const path = tempDatabase()
  const database = new BetterSqlite3(path)
  onTestFinished(() => void database.close())
  database.pragma('journal_mode = WAL')
  database.pragma('wal_autocheckpoint = 0')
  database.exec('CREATE TABLE t (text)')
  return { path, database }
}

/** Four rows to a page, in one transaction. */
export function insertTexts(database: Database, rows: number): void {
  const statement = database.prepare('INSERT INTO t VALUES (?)')
  database.transaction(() => {
    for (let row = 0; row < rows; row++) statement.run('x'.repeat(1000))
  })()
}
