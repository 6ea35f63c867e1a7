import { StoreError } from '../../contract.js'
import { type LogUse, logUse } from './log-file.js'

/** So much of its limit may be in use. */
const FULL_FROM = 0.92

/** A transaction is taken to need so many times what the last ones did; one that needs more ends early. */
const HEADROOM = 1.1

/** Where less of the limit is left than this, a transaction is made for an empty log. */
const WORTH_FILLING = 0.4

/** From here on the log is emptied beside the work of others, and when nothing comes. */
const FILLING_FROM = 0.4

/** How much it has grown when that is done again. */
const WORTH_WRITING_BACK = 0.1

/** So much of what a transaction changes is not in the log before its end: SQLite keeps it in its cache. */
const CACHE_BYTES = 16_000 * 1024

/** With so much in use, nothing is written that the log cannot be begun anew for. */
const STUCK_FROM = 0.97

/** After an attempt that failed, milliseconds until the next one. */
const ATTEMPT_PAUSE_MS = 100

/** Other writers have old states of the database too, for as long as their transactions: that is waited for. */
const PATIENCE_MS = 500
const PATIENT_PAUSE_MS = 5

/** What a transaction is taken to need before one was measured. */
const FIRST = { rows: 16, bytes: 16 * 4096 }

/** What a transaction of so many rows takes is much the same for each row, whatever the last ones took. */
const MANY_ROWS = 2000

/**
 * What became of an attempt to empty the log: `reusable` when all is in the database, but others still read the log;
 * `needed` where another connection holds an old state; `occupied` while another connection is emptying it.
 */
export type LogState = 'empty' | 'reusable' | 'needed' | 'occupied'

/** Another connection reads the log or is emptying it, which may end soon. */
export class LogBusyError extends StoreError {
  constructor(path: string) {
    super('unavailable', `${path}-wal is full, and another connection still uses it`, {
      cause: Object.assign(new Error('the write-ahead log is in use'), { code: 'SQLITE_BUSY' }),
    })
  }
}

/** A reader holds a snapshot, so that the write-ahead log cannot be emptied, and it has reached its limit. */
export class LogStuckError extends StoreError {
  constructor(path: string, bytes: number) {
    super(
      'unavailable',
      `${path}-wal has ${Math.round(bytes / 1e6)} MB and cannot be emptied, because another connection holds an old state of the database: end that query; records wait until then`,
    )
  }
}

/**
 * Keeps the write-ahead log below its limit, and empties it as seldom as that allows: to write its pages back into the
 * database is half of the work of storing records. SQLite's own checkpoints know no limit while a reader holds a
 * snapshot: then records wait elsewhere.
 */
export class LogGuard {
  readonly #path: string
  readonly #limit: number
  readonly #committed: () => LogUse | undefined
  /** The last large transaction: the more rows it has, the fewer bytes does each take. */
  #sample = FIRST
  #now: LogUse = { bytes: 0, round: 0n }
  #before = this.#now
  #writtenBack = this.#now
  /** The round of a log that nobody needs: the next transaction writes over it. */
  #spareRound: bigint | undefined
  #notBefore = 0
  #state: LogState = 'reusable'
  /** Since when there has been no room; 0 where there is. */
  #fullSince = 0

  /** @param committed says how far the log is in use between transactions, where it is cheaper to ask than to look */
  constructor(path: string, limit: number, committed: () => LogUse | undefined = () => undefined) {
    this.#path = path
    this.#limit = limit
    this.#committed = committed
  }

  /** Rows that one transaction may have by what the last ones took. */
  get maxRows(): number {
    const room = this.#limit * FULL_FROM - this.#now.bytes
    const isFilled = this.#state === 'needed' || room > this.#limit * WORTH_FILLING
    return Math.max(16, Math.floor((isFilled ? room : this.#limit * FULL_FROM) / this.#rowBytes))
  }

  /**
   * How many batches from the front of a list fit into what is left, by what the last ones took; one at the least. A
   * transaction is seen in the log only when it is committed, or has outgrown SQLite's cache: then it is too late to end it.
   * @param rows of each batch
   */
  fitting(rows: readonly number[]): number {
    // A log that is in the database as a whole is begun anew by the transaction itself.
    if (this.#state === 'reusable') return rows.length
    const room = this.#limit * FULL_FROM - this.#now.bytes
    let needed = 0
    for (const [index, count] of rows.entries()) {
      needed += count * this.#rowBytes
      if (index > 0 && needed > room) return index
    }
    return rows.length
  }

  /** Whether a transaction should end here: rows that are larger than the last ones have filled the log. */
  isFull(): boolean {
    if (this.#limit === Infinity) return false
    const most = this.#limit * FULL_FROM
    const { bytes } = this.#look(true)
    // What is in the log already did not fit into the cache, which is full therefore.
    return bytes >= (this.#grown > 0 ? Math.max(most - CACHE_BYTES, most / 2) : most)
  }

  /**
   * To be called before a transaction.
   * @param rows that the transaction will have
   * @param empty tries to make the log empty
   * @throws LogBusyError when there is no room at this moment
   * @throws LogStuckError when there has been none for long
   */
  makeRoom(rows: number, empty: () => LogState): void {
    if (this.#limit === Infinity) return
    const { bytes } = this.#look()
    if (bytes > 0 && bytes + rows * this.#rowBytes > this.#limit * FULL_FROM) this.#makeRoom(empty)
    this.#fullSince = 0
    this.#before = this.#now
  }

  #makeRoom(empty: () => LogState): void {
    const now = performance.now()
    if (now >= this.#notBefore) {
      this.#state = empty()
      this.#spareRound = this.#state === 'empty' ? this.#now.round : undefined
      if (this.#state !== 'empty') this.#notBefore = now + (this.#isPatient(now) ? PATIENT_PAUSE_MS : ATTEMPT_PAUSE_MS)
    }
    const { bytes } = this.#look()
    if (bytes <= this.#limit * (this.#state === 'needed' ? FULL_FROM : STUCK_FROM)) return
    if (this.#fullSince === 0) this.#fullSince = now
    throw this.#isPatient(now) ? new LogBusyError(this.#path) : new LogStuckError(this.#path, bytes)
  }

  /** A checkpoint of another connection ends by itself, however slow its disk is. */
  #isPatient(now: number): boolean {
    return this.#state === 'occupied' || this.#fullSince === 0 || now - this.#fullSince < PATIENCE_MS
  }

  /** Whether it is time to bring the log's pages into the database while others write, so that little is left to do. */
  get isFilling(): boolean {
    return this.#now.bytes > this.#limit * FILLING_FROM
  }

  /**
   * Whether to bring its pages into the database while nothing comes: what comes next then finds it as good as empty. A
   * reader may keep it from being begun anew: then it is not tried again for each few rows.
   */
  get isWorthWritingBack(): boolean {
    const { bytes, round } = this.#now
    const before = round === this.#writtenBack.round ? this.#writtenBack.bytes : -Infinity
    return this.isFilling && bytes >= before + this.#limit * WORTH_WRITING_BACK
  }

  /** To be called after an attempt to bring its pages into the database. */
  noteWrittenBack(): void {
    this.#writtenBack = this.#now
  }

  /** To be called after a transaction, to learn what it took. */
  learn(rows: number): void {
    if (this.#limit === Infinity) return
    this.#spareRound = undefined
    this.#look()
    if (rows === 0) return
    if (rows >= Math.min(this.#sample.rows / 2, MANY_ROWS) || this.#grown > this.#sample.bytes)
      this.#sample = { rows, bytes: this.#grown }
  }

  /** Bytes that the transaction has written. */
  get #grown(): number {
    const { bytes, round } = this.#now
    return bytes - (round === this.#before.round ? this.#before.bytes : 0)
  }

  get #rowBytes(): number {
    return (this.#sample.bytes / this.#sample.rows) * HEADROOM
  }

  #look(midway = false): LogUse {
    const use = (midway ? undefined : this.#committed()) ?? logUse(this.#path, midway)
    this.#now = use.round === this.#spareRound ? { ...use, bytes: 0 } : use
    return this.#now
  }
}
