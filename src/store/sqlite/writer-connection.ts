import type { Database } from 'better-sqlite3'
import type { RollupStatus, SchemaStatus } from '../contract.js'
import { openForWriting, toStoreError } from './database.js'
import { migrate } from './migrations.js'
import type { RollupStep } from './protocol.js'
import { inTransaction, RollupUpkeep, rollupStatus } from './rollup/upkeep.js'
import { type OpenBatch, RollupWriter } from './rollup/writer.js'
import { ROW_WIDTH, type SqlValue } from './rows.js'
import { isBusy } from './write/failure.js'
import { CommittedLog, type LogUse } from './write/log-file.js'
import type { LogState } from './write/log-guard.js'
import { RowInserter } from './write/row-inserter.js'

/** Milliseconds between two calls of `between`. */
const MILLIS_BETWEEN = 2

/** How long upkeep rests after it failed, or met another writer, in milliseconds. */
const REST_MS = 10_000
const BUSY_REST_MS = 200

/** How long a step of a rebuild takes, in milliseconds. */
const STEP_MS = 100

/** The rows of one batch. */
export interface Rows {
  readonly count: number
  /** Asked for when they are inserted: a flat list, `ROW_WIDTH` values to a row. */
  values(): readonly SqlValue[]
}

/** How long a transaction may go on. */
export interface TransactionLimits {
  /** For rows that wait to be summed up, about. */
  readonly millisForSums: number
  /**
   * Asked after each batch: whether to commit what is inserted, and leave the rest.
   * @param hasSums whether sums are to be written before, which takes as long as some hundred rows
   */
  isEnough(hasSums: boolean): boolean
}

export const NO_LIMITS: TransactionLimits = { millisForSums: Infinity, isEnough: () => false }

/** The one connection that writes; it lives in the writer's thread and may block there. Opened at the first batch. */
export class WriterConnection {
  readonly #path: string
  #database: Database | undefined
  #inserter: RowInserter | undefined
  #rollups: RollupWriter | undefined
  #upkeep: RollupUpkeep | undefined
  #log: CommittedLog | undefined
  #restUntil = 0
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
    return this.insertSome(batches.map(rowsOf), NO_LIMITS)
  }

  /**
   * Inserts batches from the front in one transaction.
   * @returns how many rows of each batch were new, as far as they were inserted
   * @throws StoreError as `insert`
   */
  insertSome(batches: readonly Rows[], limits: TransactionLimits): number[] {
    try {
      return this.#transaction(batches, limits)
    } catch (error) {
      throw toStoreError(error, this.#path)
    }
  }

  #transaction(batches: readonly Rows[], limits: TransactionLimits): number[] {
    const { database, inserter, rollups } = this.#open()
    return inTransaction(database, rollups, () => {
      const open = rollups.begin(countRows(batches), limits.millisForSums)
      const inserted: number[] = []
      for (const batch of batches) {
        inserted.push(this.#insertRows(inserter, batch.values(), open))
        if (limits.isEnough(open !== undefined)) break
      }
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
    } catch (error) {
      this.#restUntil = Date.now() + (isBusy(error) ? BUSY_REST_MS : REST_MS)
      return false
    }
  }

  /** @throws StoreError as `insert` */
  rollups(step: RollupStep): RollupStatus {
    try {
      const { database, rollups } = this.#open()
      if (step === 'rebuild')
        inTransaction(database, rollups, () => {
          rollups.rebuild()
        })
      if (step === 'continue') this.#upkeep?.run(STEP_MS, true)
      return rollupStatus(database)
    } catch (error) {
      throw toStoreError(error, this.#path)
    }
  }

  #insertRows(inserter: RowInserter, values: readonly SqlValue[], rollups: OpenBatch | undefined): number {
    return inserter.insert(values, {
      passTime: () => {
        this.#passTime()
      },
      inserted: (rowid, at) => {
        rollups?.add(rowid, values, at)
      },
    })
  }

  #passTime(): void {
    const now = performance.now()
    if (now - this.#lastBetween < MILLIS_BETWEEN) return
    this.#lastBetween = now
    this.between()
  }

  #open(): { database: Database; inserter: RowInserter; rollups: RollupWriter } {
    const database = (this.#database ??= openForWriting(this.#path))
    const inserter = (this.#inserter ??= new RowInserter(database))
    const rollups = (this.#rollups ??= new RollupWriter(database))
    this.#upkeep ??= new RollupUpkeep(database, rollups)
    return { database, inserter, rollups }
  }

  /** @throws StoreError as `insert` */
  migrate(): SchemaStatus {
    try {
      return migrate(this.#open().database)
    } catch (error) {
      throw toStoreError(error, this.#path)
    }
  }

  /** Work of others on the connection. @returns what it returns; false where the connection is not open */
  use(work: (database: Database) => boolean): boolean {
    return this.#database !== undefined && work(this.#database)
  }

  get isOpen(): boolean {
    return this.#database !== undefined
  }

  /** How far the write-ahead log is in use; undefined where no database is open, or it does not say. */
  logUse(): LogUse | undefined {
    if (this.#database === undefined) return undefined
    try {
      this.#log ??= new CommittedLog(this.#database, this.#path)
      return this.#log.use()
    } catch {
      // The next transaction meets what is wrong.
      return undefined
    }
  }

  /** Brings what it can of the write-ahead log into the database, in nobody's way; another may be at it already. */
  writeBack(): void {
    try {
      this.#database?.pragma('wal_checkpoint(PASSIVE)')
    } catch {
      // What was inserted is stored all the same; the next transaction meets what is wrong.
    }
  }

  /**
   * Brings all of the write-ahead log into the database, so that the next transaction begins it anew. The file keeps its
   * size: to write over blocks that it has is much faster than to get new ones.
   */
  emptyLog(): LogState {
    const { database } = this.#open()
    try {
      // The first pass leaves others free to write; the second then has next to nothing to do.
      const [passive] = database.pragma('wal_checkpoint(PASSIVE)') as [{ log: number; checkpointed: number }]
      const [restart] = database.pragma('wal_checkpoint(RESTART)') as [{ busy: number }]
      if (restart.busy === 0) return 'empty'
      if (passive.log < 0) return 'occupied'
      return passive.log === passive.checkpointed ? 'reusable' : 'needed'
    } catch (error) {
      return isBusy(error) ? 'occupied' : 'needed'
    }
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
    this.#inserter = undefined
    this.#rollups = undefined
    this.#upkeep = undefined
    this.#log = undefined
  }
}

export function rowsOf(values: readonly SqlValue[]): Rows {
  return { count: values.length / ROW_WIDTH, values: () => values }
}

export function countRows(batches: readonly Rows[]): number {
  return batches.reduce((rows, { count }) => rows + count, 0)
}
