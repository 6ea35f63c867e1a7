import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
import { percentile } from '../measure.js'
import { atLeast, type Result } from '../result.js'
import { draftsOf } from './drafts.js'
import type { LiveParams } from './live-child.js'

const CLIENTS = 50
const ROUNDS = 7

/** Records of one round, of those that other benchmarks store: half a second says little. */
const LONGER = 3

/**
 * Records stored a second while 50 clients listen to a dashboard of the same file, against none that listens. The same
 * processes run in both: to start one costs the others more than the streams do.
 */
export async function liveCost(path: string, records: number): Promise<Result> {
  const server = await start({ serve: path })
  const listeners = await start({ listenTo: server.said })
  const rateWith = async (clients: number): Promise<number> => {
    listeners.child.send(clients)
    await once(listeners.child, 'message')
    return storedPerSecond(path, records * LONGER)
  }
  await rateWith(CLIENTS)
  const [alone, listened] = [[] as number[], [] as number[]]
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await rateWith(0))
    listened.push(await rateWith(CLIENTS))
  }
  await stop(listeners.child)
  await stop(server.child)
  const value = percentile(listened, 0.5)
  return {
    name: `stored a second with ${CLIENTS} live streams`,
    value,
    unit: '/s',
    baseline: 'without any',
    ratio: value / percentile(alone, 0.5),
    goals: [atLeast(0.9)],
  }
}

async function storedPerSecond(path: string, records: number): Promise<number> {
  const writer = new SqliteWriter(path)
  const drafts = draftsOf(records)
  const begin = performance.now()
  for (const draft of drafts) writer.add(draft)
  await writer.flush()
  const perSecond = (records / (performance.now() - begin)) * 1000
  await writer.close()
  return perSecond
}

async function start(params: LiveParams): Promise<{ child: ChildProcess; said: string }> {
  const child = fork(new URL('live-child.js', import.meta.url), [JSON.stringify(params)])
  const [said] = (await once(child, 'message')) as [string]
  return { child, said }
}

async function stop(child: ChildProcess): Promise<void> {
  child.disconnect()
  await once(child, 'exit')
}
