import { effect, signal } from '@preact/signals'
import type { CallRecord, LiveCalls, LiveReset } from '../../server/contract.js'
import { needsToken } from './api.js'

/*
 * The live stream. Calls go to whoever listens at once; figures are asked for anew by `tick`, which moves at most every two
 * seconds, and seldomer where answers are slow: a dashboard must not keep a database busy.
 */

export type LiveState = 'connecting' | 'live' | 'lost' | 'paused'

export const liveState = signal<LiveState>('connecting')

/** Set by the user. */
export const paused = signal(false)

/** Moves when what is shown may be out of date. */
export const tick = signal(0)

type Listener = (records: readonly CallRecord[], count: number) => void
const listeners = new Set<Listener>()

/** @returns a function that ends it */
export function onCalls(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const SHORTEST_PAUSE = 2000
const BUSY_SHARE = 10

let slowest = 0
let lastTick = 0
let timer: ReturnType<typeof setTimeout> | undefined
/** Whether calls may have come while nobody listened. */
let missed = false

/** Tells how many milliseconds an answer took, so that refreshing takes at most a tenth of the time. */
export function answerTook(milliseconds: number): void {
  slowest = Math.max(milliseconds, slowest * 0.8)
}

function moveTick(): void {
  clearTimeout(timer)
  timer = undefined
  lastTick = performance.now()
  tick.value++
}

function moveTickSoon(): void {
  if (timer !== undefined) return
  const pause = Math.max(SHORTEST_PAUSE, slowest * BUSY_SHARE)
  timer = setTimeout(moveTick, Math.max(100, lastTick + pause - performance.now()))
}

function listen(): () => void {
  const source = new EventSource('./api/live')
  liveState.value = 'connecting'
  source.addEventListener('open', () => {
    if (missed) moveTickSoon()
    missed = false
    liveState.value = 'live'
  })
  source.addEventListener('error', () => {
    missed = true
    liveState.value = 'lost'
  })
  on(source, 'calls', ({ records, count }) => {
    for (const listener of listeners) listener(records, count)
    moveTickSoon()
  })
  on(source, 'reset', moveTick)
  return () => {
    missed = true
    source.close()
  }
}

interface Events {
  readonly calls: LiveCalls
  readonly reset: LiveReset
}

function on<N extends keyof Events>(source: EventSource, name: N, act: (data: Events[N]) => void): void {
  source.addEventListener(name, (event: MessageEvent<string>) => {
    act(JSON.parse(event.data) as Events[N])
  })
}

const RETRY = 5000

/** Listens from now on, but for when the page is hidden: a browser has six connections for all tabs of an address. */
export function startLive(): void {
  const visible = signal(!document.hidden)
  const attempt = signal(0)
  document.addEventListener('visibilitychange', () => (visible.value = !document.hidden))
  effect(() => {
    const turn = attempt.value
    if (paused.value) liveState.value = 'paused'
    if (paused.value || !visible.value || needsToken.value) return undefined
    const stop = listen()
    // A browser gives up after an answer that is no stream, as a proxy's 502: we do not.
    const watch = setInterval(() => {
      if (liveState.peek() === 'lost') attempt.value = turn + 1
    }, RETRY)
    return () => {
      clearInterval(watch)
      stop()
    }
  })
}
