import BetterSqlite3, { type Database, type Statement } from 'better-sqlite3'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../root.js'

/** The writer's pragmas. test/repository/bench.test.ts holds them to those of the store. */
export const WRITER_PRAGMAS = [
  'auto_vacuum = INCREMENTAL',
  'journal_mode = WAL',
  'synchronous = NORMAL',
  'wal_autocheckpoint = 16000',
  'journal_size_limit = 67108864',
] as const

/** A row of `feature_usage`, its values in the order of the columns. */
export type RawRow = readonly (string | number | null)[]

const COLUMN_COUNT = 15

const INSERT = `INSERT INTO feature_usage VALUES (${Array.from({ length: COLUMN_COUNT }, () => '?').join(', ')})`

export interface DocumentedSchema {
  readonly table: string
  readonly indexes: readonly string[]
}

/** The documented table and its four indexes, as the library makes them in a new file, and nothing else of it. */
export async function documentedSchema(): Promise<DocumentedSchema> {
  const path = join(cacheFolder('tmp'), `schema-${process.pid}.db`)
  const store = new FeatureTrackerDB(path)
  await store.migrate()
  await store.close()
  const database = new BetterSqlite3(path)
  const texts = (type: string): string[] =>
    database
      .prepare<[string], string>(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'feature_usage' AND sql IS NOT NULL AND type = ?",
      )
      .pluck()
      .all(type)
  const [table = ''] = texts('table')
  const indexes = texts('index')
  database.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  return { table, indexes }
}

export function prepareInsert(database: Database): Statement {
  return database.prepare(INSERT)
}

/** Inserts rows, so many to a transaction, as one does who uses better-sqlite3 alone. */
export function insertRaw(database: Database, rows: readonly RawRow[], transaction: number): void {
  const insert = prepareInsert(database)
  const insertAll = database.transaction((from: number) => {
    for (const row of rows.slice(from, from + transaction)) insert.run(row)
  })
  for (let from = 0; from < rows.length; from += transaction) insertAll.immediate(from)
}

export function countRows(path: string): number {
  const database = new BetterSqlite3(path, { timeout: 60_000 })
  try {
    return database.prepare<[], number>('SELECT count(*) FROM feature_usage').pluck().get() ?? 0
  } finally {
    database.close()
  }
}
