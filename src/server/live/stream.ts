import type { StoragePosition } from '../../store/index.js'
import type { LiveHello } from '../contract.js'
import { ApiError } from '../errors.js'
import { bytesOf, callsEvent, eventOf, type LiveEvent, positionOfId, resetEvent } from './events.js'
import type { LiveFeed } from './feed.js'

const MAX_CLIENTS = 200

/** Proxies end connections on which nothing comes for half a minute or so. */
const HEARTBEAT_MS = 15_000

const STILL_HERE = bytesOf(': still here\n\n')

/** A client that is behind by more events than this is told to ask for everything anew. */
const MAX_BEHIND = 50

/** Answers with the stream of events. @throws ApiError when too many listen */
export async function liveResponse(feed: LiveFeed, request: Request): Promise<Response> {
  if (feed.clients >= MAX_CLIENTS)
    throw new ApiError('busy', `${MAX_CLIENTS} live streams are open already`, 'close some pages')
  await feed.join()
  const client = new LiveClient(feed, positionOfId(request.headers.get('last-event-id')))
  // A client that goes away while it is behind cancels nothing: its signal tells.
  request.signal.addEventListener('abort', () => client.end(), { once: true })
  if (request.signal.aborted) client.end()
  return new Response(client.stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  })
}

/**
 * One listener. It gives an event when the connection takes one, and then waits for the next: what a slow client does not
 * take is not kept for it.
 */
class LiveClient {
  readonly stream: ReadableStream<Uint8Array>
  readonly #feed: LiveFeed
  /** What is to be sent before the events of the feed. */
  readonly #first: Uint8Array[] = []
  #resume: StoragePosition | undefined
  #sent: LiveEvent
  /** The row id up to which it was told what it had missed. */
  #toldUpTo = 0
  #isOver = false
  #wake: () => void = () => {}

  constructor(feed: LiveFeed, resume: StoragePosition | undefined) {
    this.#feed = feed
    this.#sent = feed.last
    this.#resume = resume
    const hello: LiveHello = { database: feed.position !== undefined }
    this.#first.push(bytesOf('retry: 2000\n\n'), eventOf('hello', hello, resume ?? feed.position))
    this.stream = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const bytes = await this.#next()
          if (!this.#isOver) controller.enqueue(bytes)
        },
        cancel: () => this.end(),
      },
      { highWaterMark: 1 },
    )
  }

  /** Called any number of times. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#wake()
    this.#feed.leave()
  }

  async #next(): Promise<Uint8Array> {
    const first = this.#first.shift()
    if (first !== undefined) return first
    const missed = this.#resume === undefined ? undefined : await this.#missed(this.#resume)
    return missed ?? this.#following()
  }

  /** What was stored while the client was away. The feed may tell some of it again, which is left out by its place. */
  async #missed(after: StoragePosition): Promise<Uint8Array | undefined> {
    this.#resume = undefined
    const sent = this.#feed.last
    const news = await this.#feed.since(after)
    if (news === undefined) return undefined
    this.#sent = sent
    if (!news.continues) return resetEvent('resumed_too_late', news.position)
    this.#toldUpTo = news.position?.rowid ?? 0
    return news.count === 0 ? undefined : callsEvent(news)
  }

  async #following(): Promise<Uint8Array> {
    for (;;) {
      const event = await this.#nextEvent()
      if (event === undefined) return STILL_HERE
      const behind = this.#feed.last.number - event.number
      this.#sent = behind > MAX_BEHIND ? this.#feed.last : event
      if (behind > MAX_BEHIND) return resetEvent('resumed_too_late', this.#feed.position)
      if (event.isReset || (event.position?.rowid ?? 0) > this.#toldUpTo) return event.bytes
    }
  }

  /** Undefined when nothing comes for a while, or the client is gone. */
  async #nextEvent(): Promise<LiveEvent | undefined> {
    if (this.#isOver) return undefined
    let timer: NodeJS.Timeout | undefined
    const pause = new Promise<undefined>((resolve) => {
      this.#wake = () => resolve(undefined)
      timer = setTimeout(() => resolve(undefined), HEARTBEAT_MS)
      timer.unref()
    })
    try {
      return await Promise.race([this.#sent.next, pause])
    } finally {
      clearTimeout(timer)
    }
  }
}
