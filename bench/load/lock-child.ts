import BetterSqlite3 from 'better-sqlite3'
import { childParams } from '../child.js'

/** Holds the write lock of a file, as another program does that writes for long. */
export interface LockParams {
  readonly path: string
  readonly seconds: number
}

const { path, seconds } = childParams() as LockParams
const database = new BetterSqlite3(path, { timeout: 60_000 })
database.exec('BEGIN IMMEDIATE')
console.log('locked')
setTimeout(() => {
  database.exec('COMMIT')
  database.close()
}, seconds * 1000)
