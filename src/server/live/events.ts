import type { News, StoragePosition } from '../../store/index.js'
import type { LiveCalls, LiveReset } from '../contract.js'
import { callRecord } from '../figures.js'

/** An event, and the one after it. Listeners hold the last that they sent, so an event lives as long as one is behind. */
export interface LiveEvent {
  readonly number: number
  /** Whether it makes void what was told before. */
  readonly isReset: boolean
  /** As it goes over the wire, made once for all listeners. */
  readonly bytes: Uint8Array
  /** The place up to which it tells. */
  readonly position: StoragePosition | undefined
  readonly next: Promise<LiveEvent>
}

/** Events one after the other. */
export class LiveEvents {
  #last: LiveEvent
  #tell: (event: LiveEvent) => void

  constructor() {
    const { event, tell } = makeEvent({ number: 0, isReset: false, bytes: new Uint8Array(), position: undefined })
    this.#last = event
    this.#tell = tell
  }

  /** The last so far. */
  get last(): LiveEvent {
    return this.#last
  }

  add(told: Pick<LiveEvent, 'bytes' | 'position' | 'isReset'>): void {
    const { event, tell } = makeEvent({ ...told, number: this.#last.number + 1 })
    this.#tell(event)
    this.#last = event
    this.#tell = tell
  }
}

function makeEvent(told: Omit<LiveEvent, 'next'>): { event: LiveEvent; tell: (event: LiveEvent) => void } {
  let tell: (event: LiveEvent) => void = () => {}
  const next = new Promise<LiveEvent>((resolve) => (tell = resolve))
  return { event: { ...told, next }, tell }
}

export function callsEvent(news: News): Uint8Array {
  const data: LiveCalls = { records: news.records.map(callRecord), count: news.count }
  return eventOf('calls', data, news.position)
}

export function resetEvent(reason: LiveReset['reason'], position: StoragePosition | undefined): Uint8Array {
  return eventOf('reset', { reason }, position)
}

/** JSON has no line ends outside of its texts, where they are escaped. */
export function eventOf(name: string, data: object, position: StoragePosition | undefined): Uint8Array {
  const id = position === undefined ? '' : `id: ${position.rowid}.${encodeURIComponent(position.recordId)}\n`
  return bytesOf(`${id}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}

const encoder = new TextEncoder()

/** A text of the stream as it goes over the wire. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The place that an event's id stands for; undefined when it is none. */
export function positionOfId(id: string | null): StoragePosition | undefined {
  const match = /^(\d{1,15})\.(.{0,3000})$/.exec(id ?? '')
  if (match === null) return undefined
  try {
    return { rowid: Number(match[1]), recordId: decodeURIComponent(match[2] ?? '') }
  } catch {
    return undefined
  }
}
