import type { RecordDraft } from '../../../record/index.js'
import type { BatchRequest } from '../protocol.js'
import { FLOAT, INT, type Progress } from '../progress.js'
import { type Chunk, ChunkPool } from './chunk.js'
import { BatchEncoder, mostBytes } from './encoder.js'
import { HEADER_BYTES, RECORD_BYTES } from './layout.js'

/** A chunk with less than this left is not begun another batch in: the batch would be full at once. */
const MIN_ROOM = HEADER_BYTES + 16 * RECORD_BYTES

/** Batches that went to the store's thread in one piece. */
export interface Region {
  readonly seq: number
  readonly chunk: Chunk
  readonly offset: number
  readonly length: number
  readonly records: number
  /** By the clock of `performance`. */
  readonly sentAt: number
}

export interface OutboxLimits {
  /** Records that wait in memory. */
  readonly records: number
  /** Bytes that wait in memory. */
  readonly bytes: number
}

/** What the outbox needs of the thread that it sends to. */
export interface Carrier {
  /** The number of the next request. */
  nextSeq(): number
  carry(region: Region): void
}

/** A journal that the application's own thread writes. */
export interface SyncJournal {
  append(bytes: Uint8Array, seq: number): void
  /** Removes the file where the store's thread has everything in it. */
  tidy(): void
}

/** When it is written: for each record before `add` returns, or for batches that the store's thread is late to take. */
export type JournalUse = 'each' | 'late'

/** A batch that the store's thread has not taken for so many milliseconds is late. */
const LATE_MS = 5

/**
 * Takes records on the application's thread, in batches that the store's thread reads where they lie. A batch's memory
 * is kept until that thread has stored or copied it, so that it can be sent again when the thread dies.
 */
export class RecordOutbox {
  readonly #encoder = new BatchEncoder()
  readonly #pool = new ChunkPool()
  readonly #carrier: Carrier
  readonly #progress: Progress
  readonly #limits: OutboxLimits
  readonly #journal: SyncJournal
  readonly #use: JournalUse
  #regions: Region[] = []
  #firstRegion = 0
  #chunk: Chunk | undefined
  #offset = 0
  /** Where the open batch begins in its region; they differ where each record is journaled by itself. */
  #batchOffset = 0
  #regionRecords = 0
  #records = 0
  #bytes = 0
  #added = 0
  /** The last region that is in this thread's own journal. */
  #journaledSeq = 0

  constructor(carrier: Carrier, progress: Progress, limits: OutboxLimits, journal: SyncJournal, use: JournalUse) {
    this.#carrier = carrier
    this.#progress = progress
    this.#limits = limits
    this.#journal = journal
    this.#use = use
  }

  /** Records in memory, those of the open batch included. */
  get records(): number {
    this.#reap()
    return this.#records
  }

  /** Bytes of memory that they hold. */
  get bytes(): number {
    this.#reap()
    return this.#bytes
  }

  /** The number of the last region that was sent; 0 when there is none. */
  lastSeq = 0

  /** @returns false where the limits leave no room for the record */
  add(draft: RecordDraft): boolean {
    if (this.#records >= this.#limits.records || this.#bytes >= this.#limits.bytes) {
      this.#reap()
      if (this.#records >= this.#limits.records || this.#bytes >= this.#limits.bytes) return false
    }
    if (!this.#encoder.add(draft) && !this.#addElsewhere(draft)) return false
    this.#records++
    this.#regionRecords++
    this.#progress.floats[FLOAT.added] = ++this.#added
    if (this.#use === 'each') this.#endJournaledBatch()
    return true
  }

  send(): void {
    const chunk = this.#chunk
    if (chunk === undefined || this.#regionRecords === 0) return
    const seq = this.#carrier.nextSeq()
    const end = this.#encoder.count > 0 ? this.#encoder.end(seq, this.#added) : this.#batchOffset
    const length = end - this.#offset
    const region = { seq, chunk, offset: this.#offset, length, records: this.#regionRecords, sentAt: performance.now() }
    this.#regions.push(region)
    this.#bytes += length
    chunk.open++
    this.lastSeq = seq
    this.#regionRecords = 0
    if (chunk.size - end < MIN_ROOM) this.#leave()
    else this.#begin(chunk, end)
    this.#carrier.carry(region)
    if (this.#use === 'late') this.#journalLate(region)
  }

  /** What the store's thread has not let go of, for a new one. */
  unsettled(): readonly Region[] {
    this.#reap()
    return this.#regions.slice(this.#firstRegion)
  }

  /** Lets go of a region that is never to be sent again. @returns how many records it had */
  giveUp(seq: number): number {
    const index = this.#regions.findIndex((region, at) => at >= this.#firstRegion && region.seq === seq)
    const region = this.#regions[index]
    if (region === undefined) return 0
    this.#regions.splice(index, 1)
    this.#release(region)
    return region.records
  }

  takeForgotten(): number[] {
    return this.#pool.takeForgotten()
  }

  /**
   * The store's thread may still be starting, or be deep in a commit: what it is late to take is written here, so that
   * the end of the process does not take it along.
   */
  #journalLate(newest: Region): void {
    const isAwake = this.#progress.int(INT.beat) > 0
    const accepted = this.#progress.int(INT.accepted)
    const safe = Math.max(accepted, this.#journaledSeq)
    let first = this.#regions.length
    while (first > this.#firstRegion && (this.#regions[first - 1] as Region).seq > safe) first--
    const oldest = this.#regions[first] ?? newest
    if (isAwake && newest.sentAt - oldest.sentAt < LATE_MS) {
      if (accepted >= this.#journaledSeq) this.#journal.tidy()
      return
    }
    for (const { chunk, offset, length, seq } of this.#regions.slice(first)) {
      this.#journal.append(chunk.bytes.subarray(offset, offset + length), seq)
      this.#journaledSeq = seq
    }
  }

  /** Ends the full batch and begins another, in a chunk that has room for the record. */
  #addElsewhere(draft: RecordDraft): boolean {
    this.send()
    const least = mostBytes(draft)
    if (this.#bytes + least > this.#limits.bytes) return false
    if (this.#chunk === undefined || this.#chunk.size - this.#offset < least) {
      const former = this.#chunk
      this.#leave()
      if (former?.open === 0) this.#pool.giveBack(former)
      this.#reap()
      this.#begin(this.#pool.take(least), 0)
    }
    return this.#encoder.add(draft)
  }

  #begin(chunk: Chunk, offset: number): void {
    this.#chunk = chunk
    this.#offset = offset
    this.#batchOffset = offset
    this.#encoder.begin(chunk, offset)
  }

  #leave(): void {
    this.#chunk = undefined
    this.#encoder.leave()
  }

  /** Each record is a batch of its own, so that the file has it before the caller goes on. */
  #endJournaledBatch(): void {
    const chunk = this.#chunk as Chunk
    const seq = this.#carrier.nextSeq()
    const end = this.#encoder.end(seq, this.#added)
    this.#journal.append(chunk.bytes.subarray(this.#batchOffset, end), seq)
    this.#batchOffset = end
    if (chunk.size - end < MIN_ROOM) this.send()
    else this.#encoder.begin(chunk, end)
  }

  /** Lets go of what the store's thread has let go of. */
  #reap(): void {
    const taken = this.#progress.int(INT.taken)
    let first = this.#firstRegion
    for (
      let region = this.#regions[first];
      region !== undefined && region.seq <= taken;
      region = this.#regions[first]
    ) {
      this.#release(region)
      first++
    }
    // Removing from the front of an array costs its length: do it when half of it is gone.
    if (first > 64 && first * 2 > this.#regions.length) {
      this.#regions = this.#regions.slice(first)
      first = 0
    }
    this.#firstRegion = first
  }

  #release(region: Region): void {
    this.#records -= region.records
    this.#bytes -= region.length
    const { chunk } = region
    if (--chunk.open === 0 && chunk !== this.#chunk) this.#pool.giveBack(chunk)
  }
}

/** A message with regions; the memory goes along where the other thread does not know it yet. */
export function batchRequest(regions: readonly Region[], known: Set<number>, forget: number[]): BatchRequest {
  const chunks: [number, SharedArrayBuffer][] = []
  const places: number[] = []
  for (const { seq, chunk, offset, length } of regions) {
    if (!known.has(chunk.id)) {
      known.add(chunk.id)
      chunks.push([chunk.id, chunk.memory])
    }
    places.push(seq, chunk.id, offset, length)
  }
  for (const id of forget) known.delete(id)
  return { kind: 'batches', seq: regions.at(-1)?.seq ?? 0, places, chunks, forget }
}
