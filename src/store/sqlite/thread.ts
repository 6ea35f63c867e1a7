import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { StoreError } from '../contract.js'
import {
  REFUSED,
  SETTLED,
  type ThreadData,
  type ThreadError,
  type ThreadReply,
  type ThreadRequest,
  type ThreadRole,
} from './protocol.js'

/** So many requests are posted at once without waiting for more of the same moment. */
const MAX_OUTBOX = 8

/** A thread that died is started again with what it had not settled, so many times for the same request. */
const MAX_ATTEMPTS = 3

interface Pending {
  readonly request: ThreadRequest
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
  attempts: number
}

/** A request without its number. `Omit` over a union, member by member. */
type Unnumbered<T> = T extends { readonly seq: number } ? Omit<T, 'seq'> : never

/**
 * The main thread's end of a thread of the store. It starts at the first request, holds the process open only while
 * requests are under way, and is replaced when it dies.
 */
export class StoreThread {
  readonly #role: ThreadRole
  readonly #path: string
  readonly #settled = new Int32Array(new SharedArrayBuffer(8))
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | undefined
  #outbox: ThreadRequest[] = []
  #seq = 0
  #lastPosted = 0
  #refusalsTold = 0
  #closing: Promise<void> | undefined

  constructor(role: ThreadRole, path: string) {
    this.#role = role
    this.#path = path
  }

  /** Requests that are not settled yet. */
  get pending(): number {
    return this.#pending.size
  }

  /** @throws (by rejection) what the thread refuses, what cannot cross to it, and `closed` after `close` */
  request<T>(request: Unnumbered<ThreadRequest>): Promise<T> {
    if (this.#closing !== undefined)
      return Promise.reject(new StoreError('closed', `the store at ${this.#path} was closed`))
    return this.#send<T>(request)
  }

  #send<T>(request: Unnumbered<ThreadRequest>): Promise<T> {
    const seq = ++this.#seq
    const numbered = { ...request, seq } as ThreadRequest
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(seq, { request: numbered, resolve, reject, attempts: 1 })
      this.#outbox.push(numbered)
      if (this.#outbox.length >= MAX_OUTBOX) this.#post()
      else if (this.#outbox.length === 1)
        queueMicrotask(() => {
          this.#post()
        })
    })
  }

  /** Requests of the same moment cross in one message: to wake the other thread costs more than a record. */
  #post(): void {
    const requests = this.#outbox
    if (requests.length === 0) return
    this.#outbox = []
    const worker = this.#start()
    try {
      worker.postMessage(requests)
      this.#posted(worker, requests)
    } catch {
      for (const request of requests) this.#postAlone(worker, request)
    }
  }

  /** Of requests that cannot cross together, those with a value that cannot cross are refused. */
  #postAlone(worker: Worker, request: ThreadRequest): void {
    try {
      worker.postMessage([request])
      this.#posted(worker, [request])
    } catch (error) {
      this.#pending.get(request.seq)?.reject(error instanceof Error ? error : new Error(String(error)))
      this.#pending.delete(request.seq)
    }
  }

  #posted(worker: Worker, requests: readonly ThreadRequest[]): void {
    this.#lastPosted = requests.at(-1)?.seq ?? this.#lastPosted
    worker.ref()
  }

  /**
   * Blocks this thread until all requests are settled, for the end of a process.
   * @returns whether they are, and none was refused whose promise has not told so
   */
  waitSync(timeoutMs: number): boolean {
    const deadline = Date.now() + timeoutMs
    this.#post()
    for (;;) {
      const settled = Atomics.load(this.#settled, SETTLED)
      if (settled >= this.#lastPosted) return Atomics.load(this.#settled, REFUSED) === this.#refusalsTold
      const left = deadline - Date.now()
      if (left <= 0 || this.#worker === undefined) return false
      Atomics.wait(this.#settled, SETTLED, settled, left)
    }
  }

  /** Settles what waits, then ends the thread; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#worker === undefined && this.#outbox.length === 0) return
    await this.#send({ kind: 'close' }).catch(() => {})
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const data: ThreadData = { role: this.#role, path: this.#path, settled: this.#settled }
    const worker = new Worker(workerUrl(), {
      workerData: data,
      name: `feature-tracking-${this.#role}`,
      // Nothing of the application's start-up may run in here: --import and --require would load it again.
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    worker.unref()
    // Starting up refers to the thread again.
    worker.once('online', () => {
      if (this.#pending.size === 0) worker.unref()
    })
    worker.on('message', (replies: readonly ThreadReply[]) => {
      for (const reply of replies) this.#settle(reply)
    })
    worker.on('error', (error) => {
      this.#replace(worker, error)
    })
    worker.on('exit', (code) => {
      this.#replace(worker, new Error(`exit code ${code}`))
    })
    this.#worker = worker
    return worker
  }

  #settle(reply: ThreadReply): void {
    const pending = this.#pending.get(reply.seq)
    this.#pending.delete(reply.seq)
    if (this.#pending.size === 0) this.#worker?.unref()
    if ('error' in reply) this.#refusalsTold++
    if (pending === undefined) return
    if ('error' in reply) pending.reject(errorFrom(reply.error))
    else pending.resolve(reply.result as never)
  }

  #replace(worker: Worker, reason: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    for (const [seq, pending] of this.#pending) this.#retry(seq, pending, reason)
  }

  #retry(seq: number, pending: Pending, reason: unknown): void {
    if (pending.attempts >= MAX_ATTEMPTS) {
      this.#pending.delete(seq)
      const text = reason instanceof Error ? reason.message : String(reason)
      pending.reject(
        new StoreError(
          'unavailable',
          `the ${this.#role} thread for ${this.#path} ended ${MAX_ATTEMPTS} times (${text})`,
        ),
      )
      return
    }
    pending.attempts++
    const next = this.#start()
    next.ref()
    next.postMessage([pending.request])
  }
}

function errorFrom(error: ThreadError): Error {
  if (error.code !== undefined) return new StoreError(error.code, error.message)
  const made =
    error.name === 'TypeError'
      ? new TypeError(error.message)
      : error.name === 'RangeError'
        ? new RangeError(error.message)
        : new Error(error.message)
  return made
}

/** The built worker, found through the package's own `imports`: the same from `src/` in tests and from `dist/`. */
function workerUrl(): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve('#sqlite-worker'))
}
