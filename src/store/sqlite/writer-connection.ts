import type { Database, Statement } from 'better-sqlite3'
import type { SchemaStatus } from '../contract.js'
import { openForWriting, toStoreError } from './database.js'
import { migrate } from './migrations.js'
import { ROW_WIDTH, type SqlValue } from './rows.js'
import { COLUMNS } from './schema.js'

const INSERT = `INSERT INTO feature_usage (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT(id) DO NOTHING`

/** Rows between two looks at the clock, and milliseconds between two calls of `between`. */
const ROWS_BETWEEN = 16
const MILLIS_BETWEEN = 2

/** The one connection that writes; it lives in the writer's thread and may block there. Opened at the first batch. */
export class WriterConnection {
  readonly #path: string
  #database: Database | undefined
  #insert: Statement | undefined
  /** Called every few milliseconds while rows are inserted; it must not touch the database. */
  between: () => void = () => {}
  #lastBetween = 0

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Inserts several batches in one transaction.
   * @param batches flat lists of values, `ROW_WIDTH` to a row
   * @returns how many rows of each batch were new
   * @throws StoreError; then none of the batches is stored. Its cause has code SQLITE_BUSY while another connection
   * holds the write lock.
   */
  insert(batches: readonly (readonly SqlValue[])[]): number[] {
    try {
      return this.#transaction(batches)
    } catch (error) {
      throw toStoreError(error, this.#path)
    }
  }

  #transaction(batches: readonly (readonly SqlValue[])[]): number[] {
    const { database, insert } = this.#open()
    database.exec('BEGIN IMMEDIATE')
    try {
      const inserted = batches.map((values) => this.#insertRows(insert, values))
      database.exec('COMMIT')
      return inserted
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  #insertRows(insert: Statement, values: readonly SqlValue[]): number {
    let inserted = 0
    for (let from = 0; from < values.length; from += ROW_WIDTH) {
      inserted += insert.run(values.slice(from, from + ROW_WIDTH)).changes
      if (from % (ROWS_BETWEEN * ROW_WIDTH) === 0) this.#passTime()
    }
    return inserted
  }

  #passTime(): void {
    const now = performance.now()
    if (now - this.#lastBetween < MILLIS_BETWEEN) return
    this.#lastBetween = now
    this.between()
  }

  #open(): { database: Database; insert: Statement } {
    const database = (this.#database ??= openForWriting(this.#path))
    const insert = (this.#insert ??= database.prepare(INSERT))
    return { database, insert }
  }

  /** @throws StoreError as `insert` */
  migrate(): SchemaStatus {
    try {
      return migrate(this.#open().database)
    } catch (error) {
      throw toStoreError(error, this.#path)
    }
  }

  get isOpen(): boolean {
    return this.#database !== undefined
  }

  /** Empties the write-ahead log. @returns false where another connection still needs it, or writes */
  emptyLog(): boolean {
    const { database } = this.#open()
    try {
      // The first pass leaves others free to write; the second then has next to nothing to do.
      database.pragma('wal_checkpoint(PASSIVE)')
      const [answer] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }]
      return answer.busy === 0
    } catch {
      return false
    }
  }

  /**
   * Does a piece of catch-up work, for when nothing else is to be done.
   * @returns whether there is more
   */
  background(_maxMillis: number): boolean {
    return false
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
    this.#insert = undefined
  }
}
