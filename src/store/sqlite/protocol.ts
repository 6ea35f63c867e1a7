import type { StoreErrorCode } from '../contract.js'
import type { SqlValue } from './rows.js'

/** What a thread of the store does: take records in, or answer questions. */
export type ThreadRole = 'writer' | 'reader'

/** Where the shared integers have the number of the last request that was settled; waited on at the end of a process. */
export const SETTLED = 0
/** Where they have how many requests were refused. */
export const REFUSED = 1

export interface ThreadData {
  readonly role: ThreadRole
  readonly path: string
  /** Two 32-bit integers, at SETTLED and REFUSED. */
  readonly settled: Int32Array
}

export type ReaderMethod = 'getRecords' | 'getUsageStats' | 'getTopFeatures' | 'getSeries' | 'schemaStatus'

/** What to do with the rollups: tell how far they are, start them anew, or take some rows in. */
export type RollupStep = 'status' | 'rebuild' | 'continue'

export type ThreadRequest =
  | { readonly kind: 'insert'; readonly seq: number; readonly values: readonly SqlValue[] }
  | { readonly kind: 'query'; readonly seq: number; readonly method: ReaderMethod; readonly query: unknown }
  | { readonly kind: 'migrate'; readonly seq: number }
  | { readonly kind: 'rollups'; readonly seq: number; readonly step: RollupStep }
  | { readonly kind: 'close'; readonly seq: number }

export interface ThreadError {
  readonly name: string
  readonly message: string
  readonly code?: StoreErrorCode
}

export type ThreadReply =
  | { readonly seq: number; readonly result: unknown }
  | { readonly seq: number; readonly error: ThreadError }
