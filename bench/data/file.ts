import { constants, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { cacheFolder } from '../root.js'
import { documentedSchema, prepareInsert } from './raw.js'
import { makeRows } from './rows.js'

/** Part of the file's name: another way to make rows makes other files. */
const VERSION = 1
const TRANSACTION = 50_000

/** A file with the documented table and so many rows; it is made once and kept. Nobody may write to it. */
export async function generatedFile(rows: number): Promise<string> {
  const path = join(cacheFolder('data'), `rows-${rows}-v${VERSION}.db`)
  if (existsSync(path)) return path
  const start = performance.now()
  const { table, indexes } = await documentedSchema()
  const unfinished = `${path}.part`
  rmSync(unfinished, { force: true })
  const database = new BetterSqlite3(unfinished)
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'locking_mode = EXCLUSIVE', 'cache_size = -500000'])
    database.pragma(pragma)
  database.exec(table)
  fill(database, rows)
  // In one go at the end: many times faster than row by row.
  for (const index of indexes) database.exec(index)
  database.close()
  renameSync(unfinished, path)
  console.error(`made ${path} in ${((performance.now() - start) / 1000).toFixed(0)} s`)
  return path
}

function fill(database: Database, rows: number): void {
  const insert = prepareInsert(database)
  let inTransaction = 0
  database.exec('BEGIN')
  for (const row of makeRows(0, rows, rows)) {
    insert.run(row)
    if (++inTransaction < TRANSACTION) continue
    database.exec('COMMIT; BEGIN')
    inTransaction = 0
  }
  database.exec('COMMIT')
}

/** A copy that may be written to. */
export async function copyOfFile(rows: number, path: string): Promise<string> {
  copyFileSync(await generatedFile(rows), path, constants.COPYFILE_FICLONE)
  return path
}

/** A copy that the library has brought up to date, with all that it keeps beside the table. */
export async function preparedCopy(rows: number, path: string): Promise<{ path: string; seconds: number }> {
  await copyOfFile(rows, path)
  const start = performance.now()
  await prepare(path)
  return { path, seconds: (performance.now() - start) / 1000 }
}

/** Parts that came later than this file: they are used where the version at hand has them. */
interface LaterStore {
  rebuildRollups?(): Promise<unknown>
}

/** Migrates a file, and waits until what the library sums up covers all rows. */
export async function prepare(path: string): Promise<void> {
  const store = new FeatureTrackerDB(path)
  try {
    await store.migrate()
    await (store as LaterStore).rebuildRollups?.()
  } finally {
    await store.close()
  }
}
