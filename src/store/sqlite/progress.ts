/*
 * What the application's thread and the store's thread tell each other without messages: numbers in shared memory.
 */

/** Indexes of the 32-bit integers. */
export const INT = {
  /** Everything up to this number is settled; waited on at the end of a process. */
  settled: 0,
  /** Requests that were refused. */
  refused: 1,
  /** Batches up to this number have been copied: their memory may be used again. */
  taken: 2,
  /** Grows while the thread is alive and not stuck. */
  beat: 3,
  /** 1 while the database cannot be written. */
  unavailable: 4,
  /** 1 while the spool file has reached its limit. */
  spoolFull: 5,
  /** Batches up to this number have come to the store's thread, and are in its spool. */
  accepted: 6,
  /** The number of the first batch or request in the transaction that is under way; 0 when there is none. */
  current: 7,
  /** Which of several threads, one after the other, is the one: others end when they see it. */
  generation: 8,
  /** 1 while the thread is to stand still; waited on by it. */
  stop: 9,
  /** 1 while it does; waited on by who asked for it. */
  stopped: 10,
} as const

/** Indexes of the 64-bit floats. */
export const FLOAT = {
  /** Records that the application's thread has taken in; it alone writes it. */
  added: 0,
  /** Records of those that are committed. */
  stored: 1,
  /** Records of those that no row can hold. */
  refused: 2,
  /** Records and bytes that the spool file has and the database not yet. */
  spoolRecords: 3,
  spoolBytes: 4,
  /** The longest that a transaction waited for the database's lock, in milliseconds. */
  longestWait: 5,
} as const

const INTS = 16
const FLOATS = 16

/** The views of the shared numbers; both threads make their own over the same memory. */
export class Progress {
  readonly memory: SharedArrayBuffer
  readonly ints: Int32Array
  readonly floats: Float64Array

  constructor(memory = new SharedArrayBuffer(INTS * 4 + FLOATS * 8)) {
    this.memory = memory
    this.ints = new Int32Array(memory, 0, INTS)
    this.floats = new Float64Array(memory, INTS * 4, FLOATS)
  }

  int(index: number): number {
    return Atomics.load(this.ints, index)
  }

  float(index: number): number {
    return this.floats[index] as number
  }
}
