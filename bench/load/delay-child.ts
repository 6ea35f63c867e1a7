import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { featureTracker } from '@cloudcurio/feature-tracking'
import { childParams } from '../child.js'
import { countRows } from '../data/raw.js'
import type { LockParams } from './lock-child.js'

/** An application that does nothing but make tracked calls at an even rate. The file is that of the environment. */
export interface DelayParams {
  readonly path: string
  /** Calls a second; 0 makes none, with the same timers. */
  readonly rate: number
  readonly seconds: number
  /** So long another process holds the file's lock from the beginning; 0 for none. */
  readonly lockSeconds: number
}

export interface DelayAnswer {
  /** Milliseconds. */
  readonly p99: number
  readonly max: number
  readonly made: number
  readonly stored: number
  readonly events: Readonly<Record<string, number>>
  /** Most memory while it ran, over that before, in bytes. */
  readonly gained: number
}

const { path, rate, seconds, lockSeconds } = childParams() as DelayParams
const call = featureTracker.trackFeature('bench', 'other')((value: number): number => value + 1)
let made = 0
let peak = 0

/** Every millisecond, or as soon as the loop gets to it, the calls that are due. */
async function makeCalls(during: number): Promise<void> {
  const start = performance.now()
  const before = made
  let nextLook = 0
  for (let passed = 0; passed < during * 1000; passed = performance.now() - start) {
    for (const due = before + (passed * rate) / 1000; made < due; made++) call(made)
    if (passed > nextLook) {
      peak = Math.max(peak, process.memoryUsage.rss())
      nextLook += 100
    }
    await sleep(1)
  }
}

/** @returns when the other process has the lock */
async function lock(): Promise<void> {
  const params: LockParams = { path, seconds: lockSeconds }
  const child = spawn(process.execPath, [new URL('lock-child.js', import.meta.url).pathname, JSON.stringify(params)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
}

const before = countRows(path)
await makeCalls(Math.min(2, seconds))
await featureTracker.flush()
globalThis.gc?.()
const rss = process.memoryUsage.rss()
peak = rss
if (lockSeconds > 0) await lock()
const histogram = monitorEventLoopDelay({ resolution: 1 })
histogram.enable()
await makeCalls(seconds)
histogram.disable()
await featureTracker.flush()
const { events } = featureTracker.health()
await featureTracker.shutdown()
const answer: DelayAnswer = {
  p99: histogram.percentile(99) / 1e6,
  max: histogram.max / 1e6,
  made,
  stored: countRows(path) - before,
  events,
  gained: peak - rss,
}
console.log(`\n${JSON.stringify(answer)}`)
