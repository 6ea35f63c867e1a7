import type { Database, Statement } from 'better-sqlite3'
import { type SchemaStatus, StoreError } from '../contract.js'
import { openForWriting, toStoreError } from './database.js'
import { migrate } from './migrations.js'
import { ROW_WIDTH, type SqlValue } from './rows.js'
import { COLUMNS } from './schema.js'

const INSERT = `INSERT INTO feature_usage (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT(id) DO NOTHING`

/** How long a batch is tried again while others hold the write lock, in milliseconds. */
const LOCK_PATIENCE_MS = 60_000

/** The one connection that writes; it lives in the writer's thread and may block there. Opened at the first batch. */
export class WriterConnection {
  readonly #path: string
  #database: Database | undefined
  #insert: Statement | undefined

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Inserts several batches in one transaction.
   * @param batches flat lists of values, `ROW_WIDTH` to a row
   * @returns how many rows of each batch were new
   * @throws StoreError; then none of the batches is stored
   */
  insert(batches: readonly (readonly SqlValue[])[]): number[] {
    const deadline = Date.now() + LOCK_PATIENCE_MS
    for (;;) {
      try {
        return this.#transaction(batches)
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw toStoreError(error, this.#path)
      }
    }
  }

  #transaction(batches: readonly (readonly SqlValue[])[]): number[] {
    const { database, insert } = this.#open()
    database.exec('BEGIN IMMEDIATE')
    try {
      const inserted = batches.map((values) => insertRows(insert, values))
      database.exec('COMMIT')
      return inserted
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  #open(): { database: Database; insert: Statement } {
    const database = (this.#database ??= openForWriting(this.#path))
    const insert = (this.#insert ??= database.prepare(INSERT))
    return { database, insert }
  }

  migrate(): SchemaStatus {
    return migrate(this.#open().database)
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
    this.#insert = undefined
  }
}

function insertRows(insert: Statement, values: readonly SqlValue[]): number {
  let inserted = 0
  for (let from = 0; from < values.length; from += ROW_WIDTH) {
    inserted += insert.run(values.slice(from, from + ROW_WIDTH)).changes
  }
  return inserted
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof StoreError ? error.cause : error
  return String((cause as NodeJS.ErrnoException | undefined)?.code ?? '').startsWith('SQLITE_BUSY')
}
