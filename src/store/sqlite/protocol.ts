import type { StoreErrorCode } from '../contract.js'
import type { FeatureStoreExplorer } from '../explore.js'
import type { DatabaseState, ProblemTopic } from '../sink.js'
import type { SqlValue } from './rows.js'

/** What a thread of the store does: take records in, or answer questions. */
export type ThreadRole = 'writer' | 'reader'

/** What a process that reads says when it can answer. */
export const STARTED = 'started'

/** How a writer's thread treats its files. */
export interface SpoolOptions {
  /** Bytes that the spool file may have; 0 is none. */
  readonly maxSpoolBytes: number
  /** Bytes of write-ahead log from which on records wait in the spool. */
  readonly maxWalBytes: number
}

/** What a writer's thread keeps its file to, when nothing else is to be done. */
export interface RetentionLimits {
  /** Days that rows are kept; 0 is for ever. */
  readonly days: number
  /** Bytes of the file; 0 is any number. */
  readonly maxBytes: number
}

export interface ThreadData {
  readonly role: ThreadRole
  readonly path: string
  /** See `Progress`. */
  readonly progress: SharedArrayBuffer
  readonly spool?: SpoolOptions | undefined
  readonly retention?: RetentionLimits | undefined
  /** The spool file of a thread that died before; this one goes on with it. */
  readonly formerSpool?: string | undefined
  /** See `INT.generation`. */
  readonly generation: number
  /** Up to this number each batch gets a transaction of its own: one of them may be what killed the thread before. */
  readonly careful: number
  /** Batches that killed the thread again and again. */
  readonly givenUp: readonly number[]
}

/** A question of the contract. */
export type QuestionName = Exclude<keyof FeatureStoreExplorer, 'close'>

/** A question that a connection answers. */
export type ReaderMethod = QuestionName | 'schemaStatus'

/** What to do with the rollups: tell how far they are, start them anew, or take some rows in. */
export type RollupStep = 'status' | 'rebuild' | 'continue'

export interface BatchRequest {
  readonly kind: 'batches'
  /** The last of the numbers in `places`. */
  readonly seq: number
  /** Four numbers for each region: its number, the chunk's, offset and length in bytes. */
  readonly places: number[]
  /** Chunks that the thread does not know yet. */
  readonly chunks: [id: number, memory: SharedArrayBuffer][]
  /** Chunks that are not used any more. */
  readonly forget: readonly number[]
}

export interface InsertRequest {
  readonly kind: 'insert'
  readonly seq: number
  readonly values: readonly SqlValue[]
}

/** A request that is answered by itself, without rows. */
export type Question =
  | { readonly kind: 'query'; readonly seq: number; readonly method: ReaderMethod; readonly query: unknown }
  | { readonly kind: 'migrate'; readonly seq: number }
  | { readonly kind: 'rollups'; readonly seq: number; readonly step: RollupStep }
  /** Answered when everything before is settled, or safe in the spool while the database cannot be written. */
  | { readonly kind: 'flush'; readonly seq: number }
  /** The process ends: the spool file is removed where nothing waits in it. */
  | { readonly kind: 'finish'; readonly seq: number }
  | { readonly kind: 'close'; readonly seq: number }

export type ThreadRequest = BatchRequest | InsertRequest | Question

export interface ThreadError {
  readonly name: string
  readonly message: string
  readonly code?: StoreErrorCode
}

/** What a thread says without being asked. */
export type Notice =
  | { readonly kind: 'problem'; readonly topic: ProblemTopic; readonly message: string; readonly count: number }
  | { readonly kind: 'database'; readonly state: DatabaseState }
  | { readonly kind: 'spool'; readonly path: string | undefined }
  | { readonly kind: 'recovered'; readonly taken: number; readonly lost: number }

export type ThreadReply =
  | { readonly seq: number; readonly result: unknown }
  | { readonly seq: number; readonly error: ThreadError }
  | { readonly notice: Notice }
