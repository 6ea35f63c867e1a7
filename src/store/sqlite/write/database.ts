import type { RollupStatus, SchemaStatus } from '../../contract.js'
import type { ProblemTopic } from '../../sink.js'
import { FLOAT, type Progress } from '../progress.js'
import { RetentionKeeper } from '../housekeeping/retention-keeper.js'
import type { Notice, RetentionLimits, RollupStep } from '../protocol.js'
import type { SqlValue } from '../rows.js'
import {
  countRows,
  NO_LIMITS,
  type Rows,
  rowsOf,
  type TransactionLimits,
  WriterConnection,
} from '../writer-connection.js'
import { Availability } from './availability.js'
import { DatabaseFile } from './database-file.js'
import { isBusy, needsReopening } from './failure.js'
import { LogBusyError, LogGuard, LogStuckError } from './log-guard.js'
import { Turns } from './turns.js'

/** Rows that one transaction takes at the most: the more, the fewer times is the same page of an index written. */
const MAX_ROWS = 10_000

/** How long rows are inserted when others wait for the lock: less where sums have to be written after them. */
const SHARED_MS = 12
const SHARED_WITH_SUMS_MS = 4

/** How long rows that wait are summed up where others have been met. */
const SHARED_SUMS_MS = 20

/** Between two looks at whether a transaction should end, in milliseconds: since others wait, and since the log is full. */
const LOOK_MS = 2
const LOG_LOOK_MS = 10

/** A damaged file is set aside at most this often: where each new one is damaged too, the disk is. */
const SET_ASIDE_PAUSE_MS = 10_000

/** Milliseconds between two steps of removing old rows, so that the work spreads out. */
const RETENTION_PAUSE_MS = 20

export interface DatabaseOptions {
  readonly path: string
  readonly progress: Progress
  readonly maxWalBytes: number
  readonly retention?: RetentionLimits | undefined
  readonly say: (notice: Notice) => void
  /** Called every few milliseconds during long work. */
  readonly between: () => void
  /** Called when it may be possible to write again. */
  readonly retry: () => void
}

/** The database as the writer's thread sees it: with its lock, its log, and what may befall its file. */
export class Database {
  readonly #options: DatabaseOptions
  readonly #connection: WriterConnection
  readonly #file: DatabaseFile
  readonly #log: LogGuard
  readonly #turns: Turns
  readonly #availability: Availability
  readonly #retention: RetentionKeeper | undefined
  #retentionTimer: NodeJS.Timeout | undefined
  #setAsideAt = -Infinity
  #damageSeen = false

  constructor(options: DatabaseOptions) {
    const { path, progress } = options
    this.#options = options
    this.#connection = new WriterConnection(path)
    this.#connection.between = options.between
    this.#file = new DatabaseFile(path)
    this.#log = new LogGuard(path, options.maxWalBytes, () => this.#connection.logUse())
    this.#turns = new Turns(path)
    this.#availability = new Availability(path, progress, options)
    if (options.retention !== undefined) this.#retention = new RetentionKeeper(path, options.retention)
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  /** Whether the last attempt failed, and the next one is not due yet. */
  get isResting(): boolean {
    return this.#availability.isResting
  }

  /** Whether nobody should wait for it. */
  get isLost(): boolean {
    return this.#availability.isLasting
  }

  /** Rows that the next transaction should have at the most. */
  get maxRows(): number {
    return Math.min(MAX_ROWS, this.#log.maxRows)
  }

  /**
   * Inserts in one transaction; waits for the lock as long as need be.
   * @param batches flat lists of values
   * @returns how many rows of each batch were new
   * @throws StoreError
   */
  insert(batches: readonly (readonly SqlValue[])[]): number[] {
    return this.#insert(batches.map(rowsOf), () => NO_LIMITS, false)
  }

  /**
   * Inserts batches from the front in one transaction, as far as it may go on: not when others wait, or the log is full.
   * @returns how many rows of each batch were new, as far as they were inserted
   * @throws StoreError
   */
  insertSome(batches: readonly Rows[]): number[] {
    return this.#insert(batches, () => this.#limits(), true)
  }

  #insert(batches: readonly Rows[], limits: () => TransactionLimits, mayLeaveSome: boolean): number[] {
    for (;;) {
      const inserted = this.#locked(() => this.#transaction(batches, limits(), mayLeaveSome))
      this.#file.noteOpened()
      // The ids are the same each time: rows that went into a file which is gone go into the new one too.
      if (this.noticesMove()) continue
      this.#availability.succeeded()
      this.#damageSeen = false
      return inserted
    }
  }

  #transaction(all: readonly Rows[], limits: TransactionLimits, mayLeaveSome: boolean): number[] {
    if (this.isOpen) this.#log.makeRoom(countRows(all), () => this.#connection.emptyLog())
    const batches = mayLeaveSome ? all.slice(0, this.#log.fitting(all.map(({ count }) => count))) : all
    const inserted = this.#connection.insertSome(batches, limits)
    this.#turns.done()
    this.#log.learn(countRows(batches.slice(0, inserted.length)))
    // Out of turn: the others write on meanwhile.
    if (this.#turns.hasCompany && this.#log.isFilling) this.#writeBack()
    return inserted
  }

  #writeBack(): void {
    this.#connection.writeBack()
    this.#log.noteWrittenBack()
  }

  /** Of a transaction that begins now. */
  #limits(): TransactionLimits {
    const start = performance.now()
    let looked = start
    let lookedAtLog = start
    const isEnough = (hasSums: boolean): boolean => {
      const now = performance.now()
      if (now - looked < LOOK_MS) return false
      looked = now
      if (now - start >= (hasSums ? SHARED_WITH_SUMS_MS : SHARED_MS) && this.#turns.othersWait()) return true
      if (now - lookedAtLog < LOG_LOOK_MS) return false
      lookedAtLog = now
      return this.#log.isFull()
    }
    return { millisForSums: this.#turns.hasCompany ? SHARED_SUMS_MS : Infinity, isEnough }
  }

  migrate(): SchemaStatus {
    return this.#locked(() => this.#connection.migrate())
  }

  /** Does what needs the lock when others have let it go, in the order in which they came. */
  #locked<T>(work: () => T): T {
    const start = performance.now()
    try {
      for (;;) {
        const attempt = performance.now()
        let busy: unknown
        const ahead = this.#turns.hasCompany ? this.#turns.ahead() : 0
        if (ahead === 0) {
          try {
            const result = work()
            this.#noteWait(attempt - start)
            return result
          } catch (error) {
            if (!isBusy(error)) throw error
            if (!(error instanceof LogBusyError)) this.#turns.met()
            busy = error
          }
        }
        // Where it is another's turn for too long, trying out of turn says why.
        if (!this.#availability.waitForLock(this.#options.between, ahead)) {
          if (busy === undefined) return work()
          throw busy
        }
      }
    } finally {
      this.#turns.done()
    }
  }

  #noteWait(millis: number): void {
    const { floats } = this.#options.progress
    floats[FLOAT.longestWait] = Math.max(millis, floats[FLOAT.longestWait] as number)
  }

  /**
   * Notes a failure and prepares the next attempt.
   * @returns whether it may be made at once
   */
  failed(error: unknown): boolean {
    if (needsReopening(error) && !(error instanceof LogStuckError)) this.#close()
    if (this.#setAsideDamaged(error)) return true
    if (error instanceof LogStuckError) this.#say('wal_stuck', error.message)
    this.#availability.failed(error)
    return false
  }

  #setAsideDamaged(error: unknown): boolean {
    const now = performance.now()
    if (now - this.#setAsideAt < SET_ASIDE_PAUSE_MS) return false
    try {
      if (!this.#file.isDamaged(error)) return false
      // Once is not enough: what another process does to the file at that moment can look like damage.
      this.#damageSeen = !this.#damageSeen
      if (this.#damageSeen) return true
      const target = this.#file.setAside()
      this.#setAsideAt = now
      const reason = error instanceof Error ? error.message : String(error)
      this.#say(
        'database_corrupt',
        `a damaged database was set aside as ${target}, and a new one is started: ${reason}`,
      )
      return true
    } catch {
      return false
    }
  }

  /** Looks whether the file is still there; where it is not, the next transaction opens what is, or makes a new one. */
  noticesMove(): boolean {
    if (!this.#connection.isOpen || !this.#file.hasMoved) return false
    this.#file.removeCompanions()
    this.#close()
    const { path } = this.#options
    this.#say(
      'database_replaced',
      `${path} was removed or replaced while it was in use: records go to the file that is there now`,
    )
    return true
  }

  rollups(step: RollupStep): RollupStatus {
    return this.#locked(() => this.#connection.rollups(step))
  }

  /**
   * @param takesFew whether few rows are taken into the rollups, too, which costs more for each
   * @returns whether there is more catch-up work to do
   */
  background(maxMillis: number, takesFew: boolean): boolean {
    if (this.#connection.background(maxMillis, takesFew)) return true
    if (this.#log.isWorthWritingBack) this.#writeBack()
    if (this.#retention !== undefined && this.#retentionTimer === undefined) this.#retain(this.#retention)
    return false
  }

  #retain(retention: RetentionKeeper): void {
    let isMore = false
    try {
      isMore = this.#connection.use((database) => retention.step(database))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#say('retention_failed', `old records of ${this.#options.path} could not be removed: ${reason}`)
    }
    if (!isMore) return
    this.#retentionTimer = setTimeout(() => {
      this.#retentionTimer = undefined
      this.#options.retry()
    }, RETENTION_PAUSE_MS)
  }

  #say(topic: ProblemTopic, message: string): void {
    this.#options.say({ kind: 'problem', topic, message, count: 0 })
  }

  #close(): void {
    this.#connection.close()
    this.#file.noteClosed()
  }

  close(): void {
    clearTimeout(this.#retentionTimer)
    this.#retention?.close()
    this.#availability.close()
    this.#turns.close()
    this.#close()
  }
}
