import type { BatchRequest, Notice, SpoolOptions, RetentionLimits } from './protocol.js'

/** Records that are sent without being waited for; they belong to whoever made the thread. */
export interface Cargo {
  /** The number of the last request with records; 0 when there is none. */
  readonly lastSeq: number
  /** What was given for sending since it was last asked. */
  takeUnsent(): BatchRequest | undefined
  /** What a new thread must be sent again. */
  takeUnsettled(): BatchRequest[]
  /** The thread keeps dying on it: it is not to be sent again. */
  giveUp(seq: number): void
}

export interface StoreThreadOptions {
  readonly cargo?: Cargo | undefined
  readonly spool?: SpoolOptions | undefined
  readonly retention?: RetentionLimits | undefined
  readonly onNotice?: ((notice: Notice) => void) | undefined
  /** Milliseconds without a sign of life, while something is to be done, after which the thread is replaced. */
  readonly hangMillis?: number | undefined
}
