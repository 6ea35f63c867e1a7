import type { RecordDraft } from '../record/index.js'

/**
 * The cheap way in, for a writer that has one: records come one by one and nobody waits for each. What becomes of them
 * shows in the writer's `flush` and in the counts of what it dropped.
 */
export interface RecordSink {
  /** What the end of the process without any notice may take along of what `add` took. */
  readonly durability: Durability
  /**
   * Takes a record, without a promise and without throwing. Nothing of it is kept by reference. It commits before
   * everything that is given later, also by `insertRecords`.
   * @returns false when it was dropped, which the sink has counted by reason
   */
  add(draft: RecordDraft): boolean
  /** Hands what was added to the store's thread, without waiting for it. */
  send(): void
  /** What became of the records, and how the store is. */
  health(): SinkHealth
}

/** Whether a writer also takes records one by one. */
export function isRecordSink(writer: object): writer is RecordSink {
  const { add, send, health } = writer as Partial<RecordSink>
  return [add, send, health].every((method) => typeof method === 'function')
}

/**
 * Why a record was dropped.
 *
 * - `queue_full`: more records wait than the limits allow
 * - `spool_full`: the same, after the file for records that wait for the database had reached its limit
 * - `refused`: no row can hold it
 * - `worker_lost`: the store's thread died of it again and again
 * - `closed`: it came after `close`
 */
export type DropReason = (typeof DROP_REASONS)[number]

const DROP_REASONS = ['queue_full', 'spool_full', 'refused', 'worker_lost', 'closed'] as const

export function isDropReason(topic: ProblemTopic): topic is DropReason {
  return (DROP_REASONS as readonly string[]).includes(topic)
}

/**
 * What the end of a process without any notice (`kill -9`) may take along. `batch`: the records since the last `send`,
 * and those of the moment before. `process`: nothing; `add` itself then writes each record to a file, which costs it some
 * microseconds. Neither waits for the disk: a loss of power may take the last seconds.
 */
export type Durability = 'batch' | 'process'

/** @throws TypeError */
export function requireDurability(durability: Durability | undefined): Durability | undefined {
  if (durability === undefined || durability === 'batch' || durability === 'process') return durability
  throw new TypeError(`durability is ${String(durability)}: give 'batch' or 'process'`)
}

/** Whether the database can be written; otherwise why not, and since when in milliseconds since the Unix epoch. */
export type DatabaseState =
  | { readonly status: 'ok' }
  | { readonly status: 'unavailable'; readonly message: string; readonly since: number }

export interface SinkHealth {
  /** Records that were taken and are not committed yet. */
  readonly waitingRecords: number
  /** Bytes of memory that they hold. */
  readonly waitingBytes: number
  /** Records that are committed. */
  readonly stored: number
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>
  /** Records and bytes that wait in a file until the database can be written. */
  readonly spool: { readonly records: number; readonly bytes: number }
  readonly database: DatabaseState
  /** What processes that ended without shutting down left behind: records taken over from them, and those lost. */
  readonly recovered: { readonly records: number; readonly lost: number }
  /** The longest that a transaction had to wait for others that write, in milliseconds. */
  readonly longestLockWait: number
}

/**
 * What a writer tells its owner without being asked; besides the reasons for drops:
 *
 * - `database_unavailable`: it cannot be written; records wait
 * - `database_corrupt`: it was damaged and has been set aside
 * - `database_replaced`: the file was removed or another one put in its place
 * - `unclean_shutdown`: an earlier process ended without shutting down
 * - `spool_unavailable`: the file for waiting records cannot be written
 * - `spool_damaged`: a file of waiting records was damaged and has been set aside
 * - `wal_stuck`: a reader keeps the write-ahead log from being emptied
 */
export type ProblemTopic =
  | DropReason
  | 'database_unavailable'
  | 'database_corrupt'
  | 'database_replaced'
  | 'unclean_shutdown'
  | 'spool_unavailable'
  | 'spool_damaged'
  | 'wal_stuck'
  | 'retention_failed'

/**
 * Hears of a problem, with what to do about it. It may come often for the same topic.
 * @param count records that it befell
 */
export type ProblemListener = (topic: ProblemTopic, message: string, count: number) => void
