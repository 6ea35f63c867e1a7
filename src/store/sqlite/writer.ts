import type { FeatureUsageRecord, RecordDraft } from '../../record/index.js'
import type { FeatureStoreWriter } from '../contract.js'
import type { DatabaseState, DropReason, Durability, ProblemListener, RecordSink, SinkHealth } from '../sink.js'
import { batchRequest, RecordOutbox, type Region } from './batch/outbox.js'
import { FLOAT, INT } from './progress.js'
import type { BatchRequest, Notice, RetentionLimits } from './protocol.js'
import { pushRow, type SqlValue } from './rows.js'
import { OwnJournal } from './spool/own-journal.js'
import type { Cargo } from './cargo.js'
import { StoreThread } from './thread.js'

export interface SqliteWriterOptions {
  /** Records that may wait in memory; further ones are dropped and counted. Default 200,000. */
  readonly maxWaitingRecords?: number | undefined
  /** Bytes that they may hold. Default 64 MB. */
  readonly maxWaitingBytes?: number | undefined
  /** Bytes of the file beside the database in which records wait while it cannot be written. Default 256 MB. */
  readonly maxSpoolBytes?: number | undefined
  /** Bytes of write-ahead log from which on records wait in that file instead. Default 64 MB. */
  readonly maxWalBytes?: number | undefined
  /** Default `batch`. */
  readonly durability?: Durability | undefined
  /** Milliseconds without a sign of life after which the store's thread is replaced. Default 5000. */
  readonly hangMillis?: number | undefined
  /** What the file is kept to, by removing old rows; their sums stay. Default: nothing is removed. */
  readonly retention?: RetentionLimits | undefined
  readonly onProblem?: ProblemListener | undefined
}

const DEFAULT_WAITING_RECORDS = 200_000
const DEFAULT_WAITING_BYTES = 64 * 1024 * 1024
const DEFAULT_SPOOL_BYTES = 256 * 1024 * 1024
const DEFAULT_WAL_BYTES = 64 * 1024 * 1024

/** A writer whose SQLite connection lives in a thread of its own: the caller never waits for a disk or lock. */
export class SqliteWriter implements FeatureStoreWriter, RecordSink {
  readonly path: string
  readonly durability: Durability
  readonly #thread: StoreThread
  readonly #outbox: RecordOutbox
  readonly #journal: OwnJournal
  readonly #onProblem: ProblemListener
  readonly #dropped = new Map<DropReason, number>()
  #unsent: Region[] = []
  #knownChunks = new Set<number>()
  #database: DatabaseState = { status: 'ok' }
  #recovered = { records: 0, lost: 0 }
  #isReady = false
  #closed = false

  /** @param path absolute path of the file; it is opened when the first records come */
  constructor(path: string, options: SqliteWriterOptions = {}) {
    this.path = path
    this.durability = options.durability ?? 'batch'
    this.#onProblem = options.onProblem ?? (() => {})
    this.#thread = new StoreThread('writer', path, {
      cargo: this.#cargo(),
      spool: {
        maxSpoolBytes: options.maxSpoolBytes ?? DEFAULT_SPOOL_BYTES,
        maxWalBytes: options.maxWalBytes ?? DEFAULT_WAL_BYTES,
      },
      retention: limitsOf(options.retention),
      onNotice: (notice) => {
        this.#hear(notice)
      },
      hangMillis: options.hangMillis,
    })
    this.#journal = new OwnJournal(path, this.#thread.progress, (...problem) => {
      this.#tell(...problem)
    })
    this.#outbox = new RecordOutbox(
      {
        nextSeq: () => this.#thread.nextSeq,
        carry: (region) => {
          this.#unsent.push(region)
          this.#thread.cargoWaits()
        },
      },
      this.#thread.progress,
      {
        records: options.maxWaitingRecords ?? DEFAULT_WAITING_RECORDS,
        bytes: options.maxWaitingBytes ?? DEFAULT_WAITING_BYTES,
      },
      this.#journal,
      this.durability === 'process' ? 'each' : 'late',
    )
  }

  add(draft: RecordDraft): boolean {
    if (this.#closed) return this.#drop('closed', `records came after the store at ${this.path} was closed`)
    if (!this.#isReady) {
      this.#isReady = true
      this.#thread.prepare()
    }
    try {
      return this.#outbox.add(draft) || this.#dropFull()
    } catch (error) {
      return this.#drop('refused', `a record could not be taken: ${String(error)}`)
    }
  }

  send(): void {
    this.#outbox.send()
  }

  insertRecords(records: readonly FeatureUsageRecord[]): Promise<number> {
    this.#outbox.send()
    return this.#insert(records)
  }

  /**
   * Stores rows as they are given, for what was read elsewhere with all its oddities; else as `insertRecords`.
   * @param values of the columns, row after row
   */
  async insertRows(values: readonly SqlValue[]): Promise<number> {
    this.#outbox.send()
    return this.#thread.request<number>({ kind: 'insert', values })
  }

  async #insert(records: readonly FeatureUsageRecord[]): Promise<number> {
    if (records.length === 0 && !this.#closed) return 0
    const values: SqlValue[] = []
    for (const record of records) pushRow(values, record)
    return this.#thread.request<number>({ kind: 'insert', values })
  }

  /**
   * Resolves when everything given before is committed or refused, or waits in the spool file because the database
   * cannot be written. It holds the process open meanwhile.
   */
  async flush(): Promise<void> {
    this.#outbox.send()
    if (this.#closed) await this.#thread.close()
    else if (!this.#thread.isIdle) await this.#thread.request({ kind: 'flush' }).catch(() => {})
    this.#journal.tidy()
  }

  drainSync(timeoutMs: number): boolean {
    this.#outbox.send()
    const isDrained = this.#thread.waitSync(timeoutMs)
    if (isDrained) this.#journal.close()
    return isDrained
  }

  async close(): Promise<void> {
    this.#outbox.send()
    this.#closed = true
    await this.#thread.close()
    this.#journal.close()
  }

  health(): SinkHealth {
    const { progress } = this.#thread
    const dropped = Object.fromEntries(this.#dropped) as Partial<Record<DropReason, number>>
    const refused = progress.float(FLOAT.refused)
    if (refused > 0) dropped.refused = (dropped.refused ?? 0) + refused
    const stored = progress.float(FLOAT.stored)
    const lost = dropped.worker_lost ?? 0
    return {
      waitingRecords: progress.float(FLOAT.added) - stored - refused - lost,
      waitingBytes: this.#outbox.bytes,
      stored,
      dropped,
      spool: { records: progress.float(FLOAT.spoolRecords), bytes: progress.float(FLOAT.spoolBytes) },
      database: this.#database,
      recovered: { ...this.#recovered },
      longestLockWait: progress.float(FLOAT.longestWait),
    }
  }

  #cargo(): Cargo {
    const lastSeq = (): number => this.#outbox.lastSeq
    return {
      get lastSeq() {
        return lastSeq()
      },
      takeUnsent: () => {
        if (this.#unsent.length === 0) return undefined
        const regions = this.#unsent
        this.#unsent = []
        return batchRequest(regions, this.#knownChunks, this.#outbox.takeForgotten())
      },
      takeUnsettled: () => this.#takeUnsettled(),
      giveUp: (seq) => {
        this.#giveUp(seq)
      },
    }
  }

  /** One request for each region, so that others can be put between them. */
  #takeUnsettled(): BatchRequest[] {
    this.#unsent = []
    this.#knownChunks = new Set()
    this.#outbox.takeForgotten()
    return this.#outbox.unsettled().map((region) => batchRequest([region], this.#knownChunks, []))
  }

  #giveUp(seq: number): void {
    const records = this.#outbox.giveUp(seq)
    const message = `the store's thread for ${this.path} died again and again of the same records; they were dropped`
    if (records > 0) this.#drop('worker_lost', message, records)
  }

  #dropFull(): boolean {
    const isSpoolFull = this.#thread.progress.int(INT.spoolFull) === 1
    const message = `more records wait for ${this.path} than the limits allow; further ones are dropped`
    return this.#drop(isSpoolFull ? 'spool_full' : 'queue_full', message)
  }

  #drop(reason: DropReason, message: string, count = 1): false {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count)
    this.#tell(reason, message, count)
    return false
  }

  #hear(notice: Notice): void {
    if (notice.kind === 'database') this.#database = notice.state
    else if (notice.kind === 'problem') {
      // What it refuses shows in the shared numbers, what it gives up does not.
      if (notice.topic === 'worker_lost') this.#drop('worker_lost', notice.message, notice.count)
      else this.#tell(notice.topic, notice.message, notice.count)
    } else if (notice.kind === 'recovered') {
      this.#recovered.records += notice.taken
      this.#recovered.lost += notice.lost
    }
  }

  /** A listener of the owner's that throws must not reach who gave the record. */
  #tell(...problem: Parameters<ProblemListener>): void {
    try {
      this.#onProblem(...problem)
    } catch {
      // There is nobody else to tell.
    }
  }
}

/** Undefined where nothing is limited. */
function limitsOf(limits: RetentionLimits | undefined): RetentionLimits | undefined {
  return limits !== undefined && (limits.days > 0 || limits.maxBytes > 0) ? limits : undefined
}
