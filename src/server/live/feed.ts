import { setTimeout as sleep } from 'node:timers/promises'
import { type FeatureStoreExplorer, type News, type StoragePosition, StoreError } from '../../store/index.js'
import { callsEvent, type LiveEvent, LiveEvents, resetEvent } from './events.js'

/** How often the store is asked while anybody listens, in milliseconds. */
const POLL_MS = 200

/** Records in one event: in a burst each listener gets as many, several times a second. */
const MAX_RECORDS = 25

/** The place of a database without a row: whatever comes is after it. */
const BEFORE_ALL: StoragePosition = { rowid: 0, recordId: '' }

/**
 * What is new in the store, told to any number of listeners at the cost of one: while there are any it asks, a few times a
 * second, for the rows after the last one it has seen. Rows come from several processes, so nobody could tell it.
 */
export class LiveFeed {
  readonly #store: FeatureStoreExplorer
  readonly #pollMs: number
  readonly #events = new LiveEvents()
  #listeners = 0
  /** The asking that is under way; another one has begun when it is not the same any more. */
  #run: { readonly ready: Promise<void> } | undefined
  /** Undefined while there is no database. */
  #position: StoragePosition | undefined

  constructor(store: FeatureStoreExplorer, pollMs = POLL_MS) {
    this.#store = store
    this.#pollMs = pollMs
  }

  get clients(): number {
    return this.#listeners
  }

  /** The last event so far. */
  get last(): LiveEvent {
    return this.#events.last
  }

  /** The place up to which events were told; undefined while there is no database. */
  get position(): StoragePosition | undefined {
    return this.#position
  }

  /** Begins to listen; resolves when the present place is known. Call `leave` once for each. */
  async join(): Promise<void> {
    this.#listeners++
    this.#run ??= this.#start()
    await this.#run.ready
  }

  leave(): void {
    this.#listeners--
    if (this.#listeners === 0) this.#run = undefined
  }

  /** What was stored after a place, for a listener that has been away. */
  async since(after: StoragePosition): Promise<News | undefined> {
    return this.#ask(after)
  }

  #start(): { readonly ready: Promise<void> } {
    const first = this.#ask(undefined).then((news) => {
      this.#position = placeOf(news)
    })
    const run = { ready: first }
    void first.then(() => this.#poll(run))
    return run
  }

  async #poll(run: object): Promise<void> {
    for (;;) {
      await sleep(this.#pollMs, undefined, { ref: false })
      if (this.#run !== run) return
      const known = this.#position
      const news = await this.#ask(known)
      if (this.#run !== run) return
      if (news !== undefined) this.#tell(news, known)
    }
  }

  #tell(news: News, known: StoragePosition | undefined): void {
    const position = placeOf(news)
    this.#position = position
    if (known === undefined || !news.continues)
      this.#events.add({ bytes: resetEvent('database_changed', position), position, isReset: true })
    else if (news.count > 0) this.#events.add({ bytes: callsEvent(news), position, isReset: false })
  }

  /** Undefined while the store cannot answer; what it has then will be asked for later. */
  async #ask(after: StoragePosition | undefined): Promise<News | undefined> {
    try {
      return await this.#store.getNews({ after, limit: MAX_RECORDS })
    } catch (error) {
      if (error instanceof StoreError && ['not_found', 'empty'].includes(error.code)) this.#position = undefined
      return undefined
    }
  }
}

function placeOf(news: News | undefined): StoragePosition | undefined {
  return news === undefined ? undefined : (news.position ?? BEFORE_ALL)
}
