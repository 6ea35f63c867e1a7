import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { FLOAT, INT, Progress } from '../progress.js'
import type { InsertRequest, Notice, Question, ThreadData, ThreadReply, ThreadRequest } from '../protocol.js'
import { ReaderConnection } from '../reader-connection.js'
import type { SqlValue } from '../rows.js'
import { rowsOf } from '../writer-connection.js'
import { Spool } from '../spool/spool.js'
import { Noting } from '../spool/noting.js'
import { threadError } from '../thread-error.js'
import { Inheritance } from './inheritance.js'
import { isRefusal } from './failure.js'
import { Database } from './database.js'
import { Pulse } from './pulse.js'
import { Intake, type Item } from './intake.js'

/** Replies that are sent together; a caller that never rests must hear of its batches all the same. */
const MAX_REPLIES = 64

/** How often the files are looked after, and how long one piece of catch-up work may take, in milliseconds. */
const LOOK_AFTER_MS = 2000
const BACKGROUND_MS = 5

/** The thread that writes: it takes batches and requests in, puts them into the database, and says what became of them. */
export class WriterThread {
  readonly #port: MessagePort
  readonly #progress: Progress
  readonly #pulse: Pulse
  readonly #database: Database
  readonly #reader: ReaderConnection
  readonly #spool: Spool
  readonly #intake: Intake
  readonly #noting: Noting
  readonly #inheritance: Inheritance | undefined
  #replies: ThreadReply[] = []
  #looking: NodeJS.Timeout | undefined
  #isClosing = false

  constructor(port: MessagePort, data: ThreadData) {
    this.#port = port
    this.#progress = new Progress(data.progress)
    this.#pulse = new Pulse(this.#progress, data.generation)
    this.#reader = new ReaderConnection(data.path)
    const say = this.#say.bind(this)
    this.#database = new Database({
      path: data.path,
      progress: this.#progress,
      maxWalBytes: data.spool?.maxWalBytes ?? Infinity,
      retention: data.retention,
      say,
      between: () => {
        this.#between()
      },
      retry: () => {
        this.#work()
      },
    })
    this.#spool = new Spool(data.path, data.spool?.maxSpoolBytes ?? 0, this.#progress, {
      moved: (path) => say({ kind: 'spool', path }),
      problem: (topic, message, count) => say({ kind: 'problem', topic, message, count }),
    })
    this.#noting = new Noting(() => {
      this.#beat()
      return this.#spool.noteAdded()
    })
    this.#intake = new Intake({
      progress: this.#progress,
      spool: this.#spool,
      careful: data.careful,
      givenUp: data.givenUp,
      onGivenUp: (count) => {
        const message = `records in the spool of ${data.path} made the store's thread die again and again; they were dropped`
        this.#say({ kind: 'problem', topic: 'worker_lost', message, count })
      },
    })
    if (data.role === 'writer') this.#inheritance = new Inheritance(data.path, say)
    if (data.formerSpool !== undefined) this.#spool.adopt(data.formerSpool)
    this.#intake.adoptBacklog()
  }

  start(): void {
    this.#port.on('message', (requests: readonly ThreadRequest[]) => {
      this.#accept(requests)
      this.#work()
    })
    if (this.#inheritance !== undefined)
      this.#looking = setInterval(() => {
        this.#lookAfter()
      }, LOOK_AFTER_MS)
    this.#work()
  }

  #accept(requests: readonly ThreadRequest[]): void {
    this.#beat()
    this.#intake.accept(requests)
    this.#noting.wake()
  }

  /** Fetches what has come meanwhile. */
  #receive(): void {
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port))
      this.#accept(next.message as readonly ThreadRequest[])
  }

  /** Done every few milliseconds while the thread inserts or waits for a lock. */
  #between(): void {
    this.#beat()
    this.#receive()
    this.#intake.releaseMemory(false)
    this.#spool.noteAdded()
  }

  #beat(): void {
    this.#pulse.beat()
  }

  #work(): void {
    for (;;) {
      this.#beat()
      this.#receive()
      if (this.#database.isResting && !this.#intake.isUrgent) {
        this.#intake.releaseMemory(false)
        break
      }
      const items = this.#intake.take(this.#database.maxRows)
      if (items.length > 0) {
        if (!this.#store(items)) break
      } else {
        const question = this.#intake.takeQuestion()
        if (question === undefined) break
        this.#reply(question)
      }
    }
    this.#sendReplies()
    if (this.#isClosing) this.#port.close()
    else if (this.#intake.isEmpty) this.#background()
  }

  /** Catch-up work, a little at a time, for as long as nothing else is to be done. */
  #background(takesFew = false): void {
    if (this.#inheritance === undefined || !this.#database.isOpen || this.#database.isResting) return
    try {
      const insert = (rows: (readonly SqlValue[])[]): number[] => this.#database.insert(rows)
      const hasMore = this.#inheritance.advance(insert) || this.#database.background(BACKGROUND_MS, takesFew)
      if (hasMore) setImmediate(() => this.#work())
    } catch (error) {
      this.#database.failed(error)
    }
  }

  /** Looks after the files while nothing comes. */
  #lookAfter(): void {
    this.#beat()
    this.#database.noticesMove()
    this.#spool.touch()
    if (this.#intake.isEmpty) this.#background(true)
  }

  /** @returns false where the database cannot be written at the moment; then what can wait does */
  #store(items: readonly Item[]): boolean {
    // A thread that ends in here may have died of what it inserted.
    Atomics.store(this.#progress.ints, INT.current, (items[0] as Item).seq)
    const isStored = this.#tryToStore(items)
    Atomics.store(this.#progress.ints, INT.current, 0)
    return isStored
  }

  #tryToStore(items: readonly Item[]): boolean {
    try {
      const inserted = this.#insert(items)
      this.#settle(items.slice(0, inserted.length), inserted)
      return true
    } catch (error) {
      if (!isRefusal(error)) return this.#unavailable(error)
      // Where the transaction of several fails, each is tried alone: one bad batch must not take others along.
      if (items.length > 1) return items.every((item) => this.#store([item]))
      this.#refuse(items[0] as Item, error)
      return true
    }
  }

  /** @returns how many rows of each item were new, as far as they were inserted */
  #insert(items: readonly Item[]): number[] {
    return this.#database.insertSome(
      items.map((item) =>
        item.kind === 'insert' ? rowsOf(item.values) : { count: item.records, values: () => this.#rowsOf(item) },
      ),
    )
  }

  readonly #refused = new WeakMap<Item, number>()

  #rowsOf(item: Exclude<Item, InsertRequest>): readonly SqlValue[] {
    const { values, refused } = item.batch.rows()
    if (refused > 0) this.#refused.set(item, refused)
    return values
  }

  #settle(items: readonly Item[], inserted: readonly number[]): void {
    this.#intake.settle(items)
    for (const [index, item] of items.entries()) {
      if (item.kind === 'insert') this.#replies.push({ seq: item.seq, result: inserted[index] })
      else this.#count(item, this.#refused.get(item) ?? 0)
    }
    this.#publish()
  }

  #count(item: Exclude<Item, InsertRequest>, refused: number, reason = 'their time has no text'): void {
    const { floats } = this.#progress
    floats[FLOAT.stored] = (floats[FLOAT.stored] as number) + item.records - refused
    floats[FLOAT.refused] = (floats[FLOAT.refused] as number) + refused
    if (refused > 0)
      this.#say({ kind: 'problem', topic: 'refused', message: `records were refused: ${reason}`, count: refused })
  }

  #refuse(item: Item, error: unknown): void {
    if (item.kind === 'insert') this.#refuseRequest(item.seq, error)
    else this.#count(item, item.records, error instanceof Error ? error.message : String(error))
    this.#intake.settle([item])
    this.#publish()
  }

  #refuseRequest(seq: number, error: unknown): void {
    Atomics.add(this.#progress.ints, INT.refused, 1)
    this.#replies.push({ seq, error: threadError(error) })
  }

  /**
   * Requests cannot wait for a database that cannot be written; batches do.
   * @returns whether it can be tried again at once
   */
  #unavailable(error: unknown): boolean {
    if (this.#database.failed(error)) return true
    const { isLost } = this.#database
    this.#intake.releaseMemory(isLost)
    for (const request of this.#intake.takeRequests(isLost)) {
      if (request.kind === 'insert') this.#refuseRequest(request.seq, error)
      else this.#reply(request)
    }
    this.#publish()
    return false
  }

  /** An ending process waits for these numbers; replies by message come when nothing waits any more. */
  #publish(): void {
    this.#intake.publish()
    if (this.#replies.length >= MAX_REPLIES) this.#sendReplies()
  }

  #sendReplies(): void {
    if (this.#replies.length === 0) return
    this.#port.postMessage(this.#replies)
    this.#replies = []
  }

  #say(notice: Notice): void {
    this.#port.postMessage([{ notice }])
  }

  #reply(question: Question): void {
    try {
      this.#replies.push({ seq: question.seq, result: this.#answer(question) })
    } catch (error) {
      this.#refuseRequest(question.seq, error)
    }
    this.#publish()
  }

  #answer(question: Question): unknown {
    switch (question.kind) {
      case 'query':
        return this.#reader[question.method](question.query as never)
      case 'migrate':
        return this.#database.migrate()
      case 'rollups':
        return this.#database.rollups(question.step)
      case 'flush':
        return undefined
      case 'finish':
        this.#spool.close()
        return undefined
      case 'close':
        this.#close()
        return undefined
    }
  }

  #close(): void {
    this.#isClosing = true
    this.#noting.stop()
    clearInterval(this.#looking)
    this.#inheritance?.close()
    this.#database.close()
    this.#reader.close()
    this.#spool.close()
  }
}
