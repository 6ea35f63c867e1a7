import { FEATURE_CATEGORIES, FEATURE_STATUSES } from '../../../record/index.js'

/*
 * A batch is one contiguous run of bytes that stands for itself, in memory that two threads share as in a file. All
 * numbers are in the byte order of the machine, which is also the one that reads them again.
 *
 *   header    HEADER_BYTES, see the indexes below
 *   entries   each begins at a multiple of 8:
 *     text    int32 length in bytes, int32 0, UTF-8, zeros up to a multiple of 8
 *     record  int32 RECORD_TAG, int32 category | status << 8, seven float64, seven int32 references, int32 0
 *
 * A reference is the distance of a text entry from the batch's begin, in units of 8 bytes; 0 is none.
 */

export const HEADER_BYTES = 40
export const RECORD_BYTES = 96
export const TEXT_HEADER_BYTES = 8

/** 'FTB2', read as a number; 'FTB1' had records without a link. */
export const MAGIC = 0x32425446
export const RECORD_TAG = -1

/** Indexes of the header's 32-bit integers. */
export const HEAD = { magic: 0, bytes: 1, count: 2, seq: 3, seedHigh: 4, seedLow: 5 } as const
/** Index, in 64-bit floats, of the number of records that the writer had taken when the batch ended. */
export const HEAD_ADDED = 4

/** A record's floats, counted in 64-bit floats from its begin. */
export const FLOAT = { start: 1, duration: 2, end: 3, input: 4, output: 5, efficiency: 6, iterations: 7 } as const
/** A record's references, counted in 32-bit integers from its begin. */
export const REF = { name: 16, session: 17, user: 18, error: 19, metadata: 20, id: 21, link: 22 } as const

/** The index of a record in its batch is 12 bits of its id. */
export const MAX_BATCH_RECORDS = 4096

export const CATEGORY_CODES: ReadonlyMap<string, number> = new Map(
  FEATURE_CATEGORIES.map((category, code) => [category, code]),
)
export const STATUS_CODES: ReadonlyMap<string, number> = new Map(FEATURE_STATUSES.map((status, code) => [status, code]))

export function padded(bytes: number): number {
  return (bytes + 7) & ~7
}
