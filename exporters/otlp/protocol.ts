import type { OtlpProtocol } from './environment.js'

/** What the sending thread is started with. */
export interface OtlpThreadData {
  readonly protocol: OtlpProtocol
  /** One number, of batches that were sent or given up: what `drainSync` waits for. */
  readonly settled: SharedArrayBuffer
}

/** To the thread: one batch, as the receiver wants it. */
export interface OtlpBatch {
  readonly id: number
  readonly body: Uint8Array
}

/** From the thread. */
export type OtlpReport =
  /** What became of a batch: all well, not delivered, or delivered with some spans refused. */
  | { readonly id: number; readonly error?: string; readonly rejected?: number; readonly reason?: string }
  /** Something about the configuration that does not stop the sending. */
  | { readonly warning: string }
