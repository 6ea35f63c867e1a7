import { BatchReader } from '../batch/decoder.js'
import { FLOAT, INT, type Progress } from '../progress.js'
import type { BatchRequest, InsertRequest, Question, ThreadRequest } from '../protocol.js'
import { ROW_WIDTH } from '../rows.js'
import type { Spool } from '../spool/spool.js'

/** Records in the application's memory that the database does not get take so many bytes; more are only in the spool. */
const MAX_MEMORY_BYTES = 8 * 1024 * 1024

/** Bytes of the spool's backlog that are read at once. */
const PAGE_BYTES = 1024 * 1024

/** Batches that wait for the database. */
export interface WaitingBatch {
  readonly kind: 'batch'
  readonly seq: number
  readonly batch: BatchReader
  readonly records: number
  readonly bytes: number
  /** Where they begin and end in the spool; 0 where they are not in it. */
  readonly begin: number
  readonly end: number
}

export type Item = WaitingBatch | InsertRequest

export interface IntakeOptions {
  readonly progress: Progress
  readonly spool: Spool
  /** See `ThreadData`. */
  readonly careful: number
  readonly givenUp: readonly number[]
  /** Batches that are not tried again. */
  readonly onGivenUp: (records: number) => void
}

/**
 * What came from the application's thread and waits for the database, in the order of the numbers. Batches are written
 * to the spool as they come.
 */
export class Intake {
  readonly #options: IntakeOptions
  readonly #chunks = new Map<number, Buffer>()
  /** Batches that were read back from the spool; older than the backlog, which is older than the fresh ones. */
  #page: WaitingBatch[] = []
  #fresh: WaitingBatch[] = []
  #freshBytes = 0
  #requests: (InsertRequest | Question)[] = []
  #lastSeq: number
  #lastBatchSeq = 0
  /** The last of what was taken for a transaction, which reads batches when it comes to them. */
  #takenSeq = 0
  /** Batches up to this number are in the spool of a thread that died. */
  #knownSeq = 0

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#lastSeq = options.progress.int(INT.settled)
    this.#lastBatchSeq = options.progress.int(INT.taken)
    options.progress.floats[FLOAT.spoolRecords] = 0
  }

  /** Whether somebody waits for an answer that needs no database that can be written. */
  get isUrgent(): boolean {
    return this.#requests.some((request) => !isPatient(request))
  }

  get isEmpty(): boolean {
    return this.#requests.length === 0 && this.#fresh.length === 0 && this.#page.length === 0 && !this.#hasBacklog
  }

  get #hasBacklog(): boolean {
    return this.#options.spool.hasBacklog
  }

  accept(requests: readonly ThreadRequest[]): void {
    for (const request of requests) {
      if (request.kind === 'batches') this.#acceptBatches(request)
      else this.#requests.push(request)
      this.#lastSeq = Math.max(this.#lastSeq, request.seq)
    }
    this.publish()
  }

  #acceptBatches({ places, chunks, forget }: BatchRequest): void {
    for (const [id, memory] of chunks) this.#chunks.set(id, Buffer.from(memory))
    for (let at = 0; at < places.length; at += 4) {
      const [seq, id, offset, length] = places.slice(at, at + 4) as [number, number, number, number]
      const chunk = this.#chunks.get(id)
      this.#lastBatchSeq = seq
      if (chunk === undefined || seq <= this.#knownSeq) continue
      const bytes = chunk.subarray(offset, offset + length)
      const batch = this.#waiting(seq, bytes, this.#options.spool.append(bytes))
      this.#fresh.push(batch)
      this.#freshBytes += batch.bytes
    }
    Atomics.store(this.#options.progress.ints, INT.accepted, this.#lastBatchSeq)
    for (const id of forget) this.#chunks.delete(id)
  }

  #waiting(seq: number, bytes: Uint8Array, end: number): WaitingBatch {
    const batch = new BatchReader(bytes)
    const { records } = batch
    if (end > 0) this.#countSpooled(records)
    return {
      kind: 'batch',
      seq,
      batch,
      records,
      bytes: bytes.length,
      begin: end === 0 ? 0 : end - bytes.length - 8,
      end,
    }
  }

  /** Reads what a thread that died had not committed, as far as it was not settled after all. */
  adoptBacklog(): void {
    const { progress } = this.#options
    const settled = progress.int(INT.settled)
    const found: WaitingBatch[] = []
    for (let next = this.#readBacklog(); next !== undefined; next = this.#readBacklog()) {
      if (next.seq > settled) found.push(next)
      else this.#countSpooled(-next.records)
      this.#knownSeq = Math.max(this.#knownSeq, next.seq)
    }
    this.#lastSeq = Math.max(this.#lastSeq, this.#knownSeq)
    this.#lastBatchSeq = this.#knownSeq
    const [first] = found
    const last = found.at(-1)
    if (first !== undefined && last !== undefined) this.#options.spool.extendBacklog(first.begin, last.end)
    this.publish()
  }

  #readBacklog(): WaitingBatch | undefined {
    const entry = this.#options.spool.takeFromBacklog()
    if (entry === undefined) return undefined
    return this.#waitingAgain(entry.bytes, entry.end)
  }

  #waitingAgain(bytes: Uint8Array, end: number): WaitingBatch {
    const batch = new BatchReader(bytes)
    const { records, seq } = batch
    return { kind: 'batch', seq, batch, records, bytes: bytes.length, begin: end - bytes.length - 8, end }
  }

  /**
   * Batches and inserts from the front, for one transaction.
   * @param maxRows in all, unless the first alone has more
   */
  take(maxRows: number): Item[] {
    this.#fillPage()
    const items: Item[] = []
    let rows = 0
    let batches = 0
    let requests = 0
    while (rows < maxRows) {
      const batch = this.#batchAt(batches)
      const request = this.#requests[requests]
      const isBatch = batch !== undefined && (request === undefined || batch.seq < request.seq)
      const item = isBatch ? batch : request
      if (item?.kind !== 'batch' && item?.kind !== 'insert') break
      if (item.kind === 'insert' && batch === undefined && this.#hasBacklog) break
      const more = item.kind === 'batch' ? item.records : item.values.length / ROW_WIDTH
      if (rows > 0 && rows + more > maxRows) break
      items.push(item)
      rows += more
      if (item.kind === 'batch') batches++
      else requests++
      if ((items[0] as Item).seq <= this.#options.careful) break
    }
    this.#takenSeq = items.at(-1)?.seq ?? 0
    return items
  }

  #batchAt(index: number): WaitingBatch | undefined {
    if (index < this.#page.length) return this.#page[index]
    return this.#hasBacklog ? undefined : this.#fresh[index - this.#page.length]
  }

  #fillPage(): void {
    const { givenUp, onGivenUp } = this.#options
    for (let bytes = 0; this.#page.length === 0 || bytes < PAGE_BYTES;) {
      if (!this.#hasBacklog || (bytes === 0 && this.#page.length > 0)) break
      const batch = this.#readBacklog()
      if (batch === undefined) break
      bytes += batch.bytes
      if (givenUp.includes(batch.seq)) {
        this.#countSpooled(-batch.records)
        onGivenUp(batch.records)
      } else this.#page.push(batch)
    }
  }

  /** The first request that is no insert, when its turn has come. */
  takeQuestion(): Question | undefined {
    const [request] = this.#requests
    if (request === undefined || request.kind === 'insert') return undefined
    const batch = this.#batchAt(0)
    if (this.#hasBacklog || (batch !== undefined && batch.seq < request.seq)) return undefined
    this.#requests.shift()
    return request
  }

  /**
   * Requests out of their turn: the database cannot be written, so that they cannot wait for it.
   * @param all whether those are among them that only wait for what came before
   */
  takeRequests(all: boolean): (InsertRequest | Question)[] {
    const taken = this.#requests.filter((request) => all || !isPatient(request))
    this.#requests = all ? [] : this.#requests.filter(isPatient)
    return taken
  }

  /** Lets go of what has been stored or refused. */
  settle(items: readonly Item[]): void {
    const last = items.at(-1)
    if (last === undefined) return
    const isLeft = ({ seq }: { readonly seq: number }): boolean => seq > last.seq
    this.#page = this.#page.filter(isLeft)
    const first = this.#fresh.findIndex(isLeft)
    this.#fresh = first < 0 ? [] : this.#fresh.slice(first)
    this.#freshBytes = this.#fresh.reduce((sum, { bytes }) => sum + bytes, 0)
    const settled: ReadonlySet<unknown> = new Set(items)
    this.#requests = this.#requests.filter((request) => !settled.has(request))
    for (const item of items) if (item.kind === 'batch' && item.end > 0) this.#countSpooled(-item.records)
    const batch = items.findLast((item) => item.kind === 'batch')
    if (batch !== undefined) this.#options.spool.commit(batch.end, batch.batch.added)
  }

  /** Of what waits in memory, gives back what is in the spool. */
  releaseMemory(isUrgent: boolean): void {
    if (!isUrgent && this.#freshBytes < MAX_MEMORY_BYTES) return
    let released = 0
    while ((this.#fresh[released]?.end ?? 0) > 0) released++
    const [first] = this.#fresh
    const last = this.#fresh[released - 1]
    if (first === undefined || last === undefined) return
    this.#options.spool.extendBacklog(first.begin, last.end)
    // What a transaction is just storing is read from memory all the same.
    for (const { seq, batch } of this.#fresh) if (seq <= this.#takenSeq) batch.keep()
    this.#fresh = this.#fresh.slice(released)
    this.#freshBytes = this.#fresh.reduce((sum, { bytes }) => sum + bytes, 0)
    this.publish()
  }

  /** Tells the application's thread what is settled, and what memory it may use again. */
  publish(): void {
    const { progress, spool } = this.#options
    const oldest = Math.min(this.#batchAt(0)?.seq ?? Infinity, this.#requests[0]?.seq ?? Infinity)
    const settled = this.#hasBacklog && this.#page.length === 0 ? undefined : Math.min(oldest - 1, this.#lastSeq)
    if (settled !== undefined) Atomics.store(progress.ints, INT.settled, settled)
    const taken = (this.#fresh[0]?.seq ?? this.#lastBatchSeq + 1) - 1
    Atomics.store(progress.ints, INT.taken, taken)
    Atomics.notify(progress.ints, INT.settled)
    progress.floats[FLOAT.spoolBytes] = spool.waitingBytes
  }

  #countSpooled(records: number): void {
    const { floats } = this.#options.progress
    floats[FLOAT.spoolRecords] = (floats[FLOAT.spoolRecords] as number) + records
  }
}

/** Whether a request only waits for what came before it. */
function isPatient({ kind }: InsertRequest | Question): boolean {
  return kind === 'flush' || kind === 'finish' || kind === 'close'
}
