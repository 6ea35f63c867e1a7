import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { StoreError } from '../contract.js'
import { type QuestionName, STARTED, type ThreadError } from './protocol.js'
import { Questions } from './questions.js'
import { errorFrom } from './thread-error.js'

export interface QueryRequest {
  readonly path: string
  readonly seq: number
  readonly method: QuestionName
  readonly query: unknown
}

export interface QueryReply {
  readonly seq: number
  readonly result?: unknown
  readonly error?: ThreadError
}

export interface IsolatedReaderOptions {
  /** A question that takes longer is ended; milliseconds, default 5000. */
  timeoutMs?: number | undefined
  /** So many questions may be answered at the same time; default 2. */
  processes?: number | undefined
}

/** Questions that wait are refused beyond this number. */
const MAX_WAITING = 1000

interface Waiting {
  readonly request: QueryRequest
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
  /** Ends the waiting, or the answering. */
  timer: NodeJS.Timeout | undefined
}

/**
 * A reader whose questions can be ended. SQLite is asked in child processes, since nothing can end a statement that runs
 * in this one: a question that takes too long is killed with its process, which costs a reader of a write-ahead log
 * nothing. Processes start at the first question and do not hold this one open.
 */
export class IsolatedReader extends Questions {
  readonly #path: string
  readonly #timeoutMs: number
  readonly #processes: number
  readonly #waiting: Waiting[] = []
  readonly #helpers = new Set<Helper>()
  #seq = 0
  #isClosed = false

  /** @throws RangeError when an option is no number of 1 or more */
  constructor(path: string, options: IsolatedReaderOptions = {}) {
    super()
    this.#path = path
    this.#timeoutMs = atLeastOne(options.timeoutMs ?? 5000, 'timeoutMs')
    this.#processes = atLeastOne(options.processes ?? 2, 'processes')
  }

  /**
   * Starts the processes, which takes some time, before there is something to ask: one after the other, so that what comes
   * first does not wait for the second.
   */
  prepare(): void {
    if (this.#isClosed || this.#helpers.size >= this.#processes) return
    this.#start(() => {
      this.prepare()
    })
  }

  protected ask<T>(method: QuestionName, query: unknown): Promise<T> {
    if (this.#isClosed) return Promise.reject(new StoreError('closed', `the reader of ${this.#path} was closed`))
    if (this.#waiting.length >= MAX_WAITING)
      return Promise.reject(new StoreError('busy', `${MAX_WAITING} questions wait already: ask again later`))
    const request = { path: this.#path, seq: ++this.#seq, method, query }
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = { request, resolve, reject, timer: undefined }
      waiting.timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(new StoreError('busy', `no question was answered for ${this.#timeoutMs / 1000} s: ask again later`))
      }, this.#timeoutMs)
      this.#waiting.push(waiting)
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const error = new StoreError('closed', `the reader of ${this.#path} was closed`)
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      reject(error)
    }
    await Promise.all([...this.#helpers].map((helper) => helper.end(error)))
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const idle = [...this.#helpers].find((helper) => helper.isIdle)
      const helper = idle ?? (this.#helpers.size < this.#processes ? this.#start() : undefined)
      if (helper === undefined) return
      helper.answer(this.#waiting.shift() as Waiting)
    }
  }

  #start(started: () => void = () => {}): Helper {
    const helper = new Helper(this.#path, this.#timeoutMs, {
      started,
      idle: () => {
        this.#next()
      },
      ended: () => {
        this.#helpers.delete(helper)
        this.#next()
      },
    })
    this.#helpers.add(helper)
    return helper
  }
}

interface HelperOwner {
  /** The process can answer. */
  started(): void
  idle(): void
  ended(): void
}

/** One child process, which answers one question at a time. */
class Helper {
  readonly #child: ChildProcess
  readonly #path: string
  readonly #timeoutMs: number
  readonly #owner: HelperOwner
  readonly #exit: Promise<void>
  #current: Waiting | undefined
  #isEnding = false

  constructor(path: string, timeoutMs: number, owner: HelperOwner) {
    this.#path = path
    this.#timeoutMs = timeoutMs
    this.#owner = owner
    this.#child = fork(programPath(), [], {
      execArgv: [],
      // Nothing of the application's start-up may run in there.
      env: { ...process.env, NODE_OPTIONS: '' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child.on('message', (reply: QueryReply | typeof STARTED) => {
      if (reply === STARTED) this.#owner.started()
      else this.#settle(reply)
    })
    this.#child.on('error', (error) => {
      this.#lost(error.message)
    })
    this.#exit = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#lost(String(code ?? signal))
        resolve()
      })
    })
    this.#release()
  }

  get isIdle(): boolean {
    return this.#current === undefined && !this.#isEnding
  }

  answer(waiting: Waiting): void {
    clearTimeout(waiting.timer)
    this.#current = waiting
    this.#child.ref()
    this.#child.channel?.ref()
    waiting.timer = setTimeout(() => {
      const seconds = this.#timeoutMs / 1000
      void this.end(new StoreError('timeout', `the question took longer than ${seconds} s and was ended: narrow it`))
    }, this.#timeoutMs)
    this.#child.send(waiting.request, (error) => {
      if (error !== null) void this.end(new StoreError('unavailable', `the reading process is gone: ${error.message}`))
    })
  }

  /** Ends the process, and what it answers with an error. */
  async end(error: StoreError): Promise<void> {
    this.#isEnding = true
    this.#fail(error)
    // Who awaits the end must not be left by an event loop that has nothing else to do.
    this.#child.ref()
    this.#child.kill('SIGKILL')
    this.#owner.ended()
    await this.#exit
  }

  #settle({ seq, result, error }: QueryReply): void {
    const current = this.#current
    if (current === undefined || current.request.seq !== seq) return
    this.#take()
    if (error === undefined) current.resolve(result as never)
    else current.reject(errorFrom(error))
    this.#owner.idle()
  }

  /** The process ended by itself, or could not be started. */
  #lost(reason: string): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#fail(new StoreError('unavailable', `the process that reads ${this.#path} ended (${reason}): ask again`))
    this.#owner.ended()
  }

  #fail(error: StoreError): void {
    this.#take()?.reject(error)
  }

  #take(): Waiting | undefined {
    const current = this.#current
    this.#current = undefined
    clearTimeout(current?.timer)
    this.#release()
    return current
  }

  #release(): void {
    this.#child.unref()
    this.#child.channel?.unref()
  }
}

/** Found as the thread's program is: the same from `src/` in tests and from `dist/`. */
function programPath(): string {
  return createRequire(import.meta.url).resolve('#sqlite-reader')
}

function atLeastOne(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new RangeError(`${name} is ${String(value)}: give a whole number of 1 or more`)
}
