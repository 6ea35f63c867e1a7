import type { Database, Statement } from 'better-sqlite3'
import { type RollupStatus, type SchemaStatus, StoreError } from '../contract.js'
import { openForWriting, toStoreError } from './database.js'
import { migrate } from './migrations.js'
import type { RollupStep } from './protocol.js'
import { inTransaction, RollupUpkeep, rollupStatus } from './rollup/upkeep.js'
import { type OpenBatch, RollupWriter } from './rollup/writer.js'
import { ROW_WIDTH, type SqlValue } from './rows.js'
import { COLUMNS } from './schema.js'

const INSERT = `INSERT INTO feature_usage (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT(id) DO NOTHING`

/** How long a batch is tried again while others hold the write lock, in milliseconds. */
const LOCK_PATIENCE_MS = 60_000

/** How long upkeep rests after it failed, in milliseconds. */
const REST_MS = 10_000

/** How long a step of a rebuild takes, in milliseconds. */
const STEP_MS = 100

/** The one connection that writes; it lives in the writer's thread and may block there. Opened at the first batch. */
export class WriterConnection {
  readonly #path: string
  #database: Database | undefined
  #insert: Statement | undefined
  #rollups: RollupWriter | undefined
  #upkeep: RollupUpkeep | undefined
  #restUntil = 0

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
    return this.#patiently(() => this.#transaction(batches))
  }

  #patiently<T>(work: () => T): T {
    const deadline = Date.now() + LOCK_PATIENCE_MS
    for (;;) {
      try {
        return work()
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw toStoreError(error, this.#path)
      }
    }
  }

  #transaction(batches: readonly (readonly SqlValue[])[]): number[] {
    const { database, insert, rollups } = this.#open()
    return inTransaction(database, rollups, () => {
      const open = rollups.begin(batches.reduce((rows, values) => rows + values.length / ROW_WIDTH, 0))
      const inserted = batches.map((values) => insertRows(insert, values, open))
      open?.end()
      return inserted
    })
  }

  /**
   * Work on the rollups that may wait: rows that others wrote, and a look for rows that others deleted. It is done in short
   * transactions, so that other writers get their turn. What fails is tried again later.
   * @param takesFew whether few rows are taken in, too, which cost much each
   * @returns whether there is more to do now
   */
  background(maxMillis: number, takesFew = true): boolean {
    if (this.#upkeep === undefined || Date.now() < this.#restUntil) return false
    try {
      return this.#upkeep.run(maxMillis, takesFew)
    } catch {
      this.#restUntil = Date.now() + REST_MS
      return false
    }
  }

  /** @throws StoreError when the file cannot be written */
  rollups(step: RollupStep): RollupStatus {
    return this.#patiently(() => {
      const { database, rollups } = this.#open()
      if (step === 'rebuild')
        inTransaction(database, rollups, () => {
          rollups.rebuild()
        })
      if (step === 'continue') this.#upkeep?.run(STEP_MS, true)
      return rollupStatus(database)
    })
  }

  #open(): { database: Database; insert: Statement; rollups: RollupWriter } {
    const database = (this.#database ??= openForWriting(this.#path))
    const insert = (this.#insert ??= database.prepare(INSERT))
    const rollups = (this.#rollups ??= new RollupWriter(database))
    this.#upkeep ??= new RollupUpkeep(database, rollups)
    return { database, insert, rollups }
  }

  migrate(): SchemaStatus {
    return migrate(this.#open().database)
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
    this.#insert = undefined
    this.#rollups = undefined
    this.#upkeep = undefined
  }
}

function insertRows(insert: Statement, values: readonly SqlValue[], rollups: OpenBatch | undefined): number {
  let inserted = 0
  for (let from = 0; from < values.length; from += ROW_WIDTH) {
    const { changes, lastInsertRowid } = insert.run(values.slice(from, from + ROW_WIDTH))
    if (changes === 0) continue
    rollups?.add(Number(lastInsertRowid), values, from)
    inserted++
  }
  return inserted
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof StoreError ? error.cause : error
  return String((cause as NodeJS.ErrnoException | undefined)?.code ?? '').startsWith('SQLITE_BUSY')
}
