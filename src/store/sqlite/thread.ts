import type { Worker } from 'node:worker_threads'
import { StoreError } from '../contract.js'
import { INT, Progress } from './progress.js'
import type { ThreadData, ThreadReply, ThreadRequest, ThreadRole } from './protocol.js'
import { errorFrom } from './thread-error.js'
import type { StoreThreadOptions } from './cargo.js'
import { goOn, standStill } from './stand-still.js'
import { startWorker } from './start-worker.js'
import { Lifeline } from './lifeline.js'

/** So many requests are posted at once without waiting for more of the same moment. */
const MAX_OUTBOX = 8

/** How often an ending process looks whether waiting still makes sense, and how long it hopes at the least, in milliseconds. */
const LOOK_MS = 20
const HOPE_MS = 150

interface Pending {
  readonly request: ThreadRequest
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/** A request without its number. `Omit` over a union, member by member. */
type Unnumbered<T> = T extends { readonly seq: number } ? Omit<T, 'seq'> : never

/**
 * The main thread's end of a thread of the store. It starts at the first request, holds the process open only while
 * requests are under way, and is replaced when it dies or hangs.
 */
export class StoreThread {
  readonly progress = new Progress()
  readonly #role: ThreadRole
  readonly #path: string
  readonly #options: StoreThreadOptions
  readonly #pending = new Map<number, Pending>()
  readonly #lifeline: Lifeline
  #worker: Worker | undefined
  #outbox: ThreadRequest[] = []
  #posting = false
  #sends = 0
  #seq = 0
  #lastPosted = 0
  #refusalsTold = 0
  #formerSpool: string | undefined
  #closing: Promise<void> | undefined

  constructor(role: ThreadRole, path: string, options: StoreThreadOptions = {}) {
    this.#role = role
    this.#path = path
    this.#options = options
    this.#lifeline = new Lifeline(this.progress, options.hangMillis, {
      isBusy: () => this.#isBusy(),
      hangs: () => {
        this.#abandon()
      },
      revive: () => {
        this.#revive()
      },
    })
  }

  /** The number of the next request. */
  get nextSeq(): number {
    return this.#seq + 1
  }

  /** Whether there is something that was sent and is not settled. */
  get isIdle(): boolean {
    return this.#pending.size === 0 && (this.#options.cargo?.lastSeq ?? 0) <= this.progress.int(INT.settled)
  }

  /** @throws (by rejection) what the thread refuses, what cannot cross to it, and `closed` after `close` */
  request<T>(request: Unnumbered<ThreadRequest>): Promise<T> {
    if (this.#closing !== undefined)
      return Promise.reject(new StoreError('closed', `the store at ${this.#path} was closed`))
    return this.#send<T>(request)
  }

  #send<T>(request: Unnumbered<ThreadRequest>): Promise<T> {
    this.#loadCargo()
    const seq = ++this.#seq
    const numbered = { ...request, seq } as ThreadRequest
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(seq, { request: numbered, resolve, reject })
      this.#outbox.push(numbered)
      this.#postSoon()
    })
  }

  /** Says that the cargo has one more request, whose number was `nextSeq`. */
  cargoWaits(): void {
    this.#seq++
    this.#postSoon()
  }

  /** Starts the thread, which takes a while, before there is something to send. */
  prepare(): void {
    if (this.#closing === undefined && this.#worker === undefined && !this.#lifeline.isResting) this.#start()
  }

  /** Requests of the same moment cross in one message: to wake the other thread costs more than a record. */
  #postSoon(): void {
    if (++this.#sends >= MAX_OUTBOX) this.#post()
    else if (!this.#posting) {
      this.#posting = true
      queueMicrotask(this.#postNow)
    }
  }

  readonly #postNow = (): void => {
    this.#posting = false
    this.#post()
  }

  #loadCargo(): void {
    const unsent = this.#options.cargo?.takeUnsent()
    if (unsent !== undefined) this.#outbox.push(unsent)
  }

  #post(): void {
    this.#loadCargo()
    this.#sends = 0
    if (this.#pending.size > 0) this.#lifeline.hold()
    if (this.#outbox.length === 0 || this.#lifeline.isResting) return
    const requests = this.#outbox
    this.#outbox = []
    this.#deliver(this.#worker ?? this.#start(), requests)
  }

  #deliver(worker: Worker, requests: readonly ThreadRequest[]): void {
    try {
      worker.postMessage(requests)
      this.#lastPosted = requests.at(-1)?.seq ?? this.#lastPosted
    } catch {
      for (const request of requests) this.#deliverAlone(worker, request)
    }
    if (this.#pending.size > 0) worker.ref()
    this.#lifeline.watch()
  }

  /** Of requests that cannot cross together, those with a value that cannot cross are refused. */
  #deliverAlone(worker: Worker, request: ThreadRequest): void {
    try {
      worker.postMessage([request])
      this.#lastPosted = request.seq
    } catch (error) {
      this.#pending.get(request.seq)?.reject(error instanceof Error ? error : new Error(String(error)))
      this.#pending.delete(request.seq)
    }
  }

  /**
   * Blocks this thread until all requests are settled, or as safe as they can be while the database cannot be written;
   * for the end of a process.
   * @returns whether they are committed, and none was refused whose promise has not told so
   */
  waitSync(timeoutMs: number): boolean {
    const deadline = Date.now() + timeoutMs
    goOn(this.progress)
    this.#loadCargo()
    if (this.#worker !== undefined || this.#outbox.length > 0) this.#outbox.push({ kind: 'finish', seq: ++this.#seq })
    this.#post()
    const { ints } = this.progress
    const since = Date.now()
    for (;;) {
      const settled = this.progress.int(INT.settled)
      if (settled >= this.#lastPosted) return this.progress.int(INT.refused) === this.#refusalsTold
      const left = deadline - Date.now()
      if (left <= 0 || this.#worker === undefined || this.#isOnlySpooled() || this.#isHopeless(since)) {
        if (this.#worker !== undefined) standStill(this.progress)
        return false
      }
      Atomics.wait(ints, INT.settled, settled, Math.min(left, LOOK_MS))
    }
  }

  /** Whether what is left waits in the spool for a database that cannot be written. */
  #isOnlySpooled(): boolean {
    if (this.progress.int(INT.unavailable) === 0 || this.#pending.size > 0) return false
    return this.progress.int(INT.taken) >= (this.#options.cargo?.lastSeq ?? 0)
  }

  /** Whether neither the database nor the spool takes anything: to hold the process up for longer brings nothing. */
  #isHopeless(since: number): boolean {
    return this.progress.int(INT.unavailable) !== 0 && Date.now() - since > HOPE_MS
  }

  /** Settles what waits, then ends the thread; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#loadCargo()
    if (this.#worker === undefined && this.#outbox.length === 0 && !this.#lifeline.isResting) return
    await this.#send({ kind: 'close' }).catch(() => {})
    const worker = this.#worker
    this.#worker = undefined
    this.#lifeline.stop()
    await worker?.terminate()
  }

  #start(): Worker {
    const data: ThreadData = {
      role: this.#role,
      path: this.#path,
      progress: this.progress.memory,
      spool: this.#options.spool,
      retention: this.#options.retention,
      formerSpool: this.#formerSpool,
      generation: Atomics.add(this.progress.ints, INT.generation, 1) + 1,
      careful: this.#lifeline.deaths > 0 ? this.#seq : 0,
      givenUp: this.#lifeline.givenUp,
    }
    const worker = startWorker(data)
    // Starting up refers to the thread again.
    worker.once('online', () => {
      if (this.#pending.size === 0) worker.unref()
    })
    worker.on('message', (replies: readonly ThreadReply[]) => {
      for (const reply of replies) this.#hear(reply)
    })
    let reason: unknown
    worker.on('error', (error) => (reason = error))
    worker.on('exit', (code) => {
      this.#died(worker, reason ?? new Error(`exit code ${code}`))
    })
    this.#worker = worker
    return worker
  }

  #hear(reply: ThreadReply): void {
    if ('notice' in reply) {
      if (reply.notice.kind === 'spool') this.#formerSpool = reply.notice.path
      else this.#options.onNotice?.(reply.notice)
      return
    }
    const pending = this.#pending.get(reply.seq)
    this.#pending.delete(reply.seq)
    if (this.#pending.size === 0) this.#worker?.unref()
    if ('error' in reply) this.#refusalsTold++
    if (pending === undefined) return
    if ('error' in reply) pending.reject(errorFrom(reply.error))
    else pending.resolve(reply.result as never)
  }

  /** The thread may be inside SQLite, where it must not be ended: it ends by itself when it sees that it was replaced. */
  #abandon(): void {
    const worker = this.#worker
    worker?.unref()
    if (worker !== undefined) this.#died(worker, new Error('it hung'))
  }

  #isBusy(): boolean {
    return this.#worker !== undefined && !this.isIdle
  }

  #died(worker: Worker, reason: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#outbox = []
    if (this.#lifeline.died()) this.#giveUp(reason)
    this.#lifeline.rest(this.#pending.size > 0)
  }

  /** Requests cannot wait for a thread that may never live; batches do, but for the one that it died of. */
  #giveUp(reason: unknown): void {
    this.#lifeline.forgive()
    const suspect = this.progress.int(INT.current)
    if (suspect > this.progress.int(INT.settled) && !this.#pending.has(suspect)) {
      this.#lifeline.givenUp.push(suspect)
      this.#options.cargo?.giveUp(suspect)
    }
    const text = reason instanceof Error ? reason.message : String(reason)
    const message = `the ${this.#role} thread for ${this.#path} ended again and again (${text})`
    for (const { reject } of this.#pending.values()) reject(new StoreError('unavailable', message))
    this.#pending.clear()
  }

  /** Starts a new thread with what the former one did not settle. */
  #revive(): void {
    const requests = [...(this.#options.cargo?.takeUnsettled() ?? []), ...this.#pending.values()].map((waiting) =>
      'places' in waiting ? waiting : waiting.request,
    )
    this.#outbox = []
    if (requests.length === 0) return
    const worker = this.#start()
    for (const request of requests.toSorted((a, b) => a.seq - b.seq)) this.#deliverAlone(worker, request)
    if (this.#pending.size > 0) worker.ref()
    this.#lifeline.watch()
  }
}
