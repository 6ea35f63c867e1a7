import { runChild } from '../child.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atMost, type Goal, type Result } from '../result.js'
import type { PromotionParams, WorkName } from './child.js'
import type { PromotionTimes } from './host.js'
import type { HttpParams } from './http-child.js'

const WORKS: readonly { readonly work: WorkName; readonly name: string; readonly hasGoal: boolean }[] = [
  { work: 'other', name: 'a span that no rule matches', hasGoal: true },
  { work: 'request', name: 'a span of a request with eight, of which two are promoted', hasGoal: true },
  { work: 'promoted', name: 'a span that becomes a record', hasGoal: false },
]

/** A request takes the time of so many spans. */
const ROUNDS_PER_REQUEST = 20

/** A server's ratio differs by some hundredths from one process to the next, more than what a single one can tell. */
const PROCESSES_PER_REPEAT = 3

/** Far below what two cores answer: the server, its client and the store's thread need not wait for one another. */
const RATE = 2000

const SERVERS: readonly (Pick<HttpParams, 'rate' | 'way'> & { readonly name: string; readonly goal?: Goal })[] = [
  { way: 'promote', rate: RATE, name: 'a request to an HTTP server, 2,000 a second', goal: atMost(1.1) },
  { way: 'guest', rate: RATE, name: 'the same, unpromoted, answered by a tracked function', goal: atMost(1.3) },
  { way: 'promote', rate: 0, name: 'a request to an HTTP server, as many as two cores take' },
]

/** What an application with OpenTelemetry pays for promotion, and for tracking as a guest, against itself without the library. */
export async function benchPromotion({ rounds, runs, repeats }: Options): Promise<Result[]> {
  const results: Result[] = []
  const requests = Math.max(100, Math.round(rounds / ROUNDS_PER_REQUEST))
  for (const { name, goal, rate, way } of SERVERS) {
    const params: HttpParams = { requests, runs, rate, way }
    results.push(await resultOf(name, goal, 'http-child.js', params, repeats * PROCESSES_PER_REPEAT))
  }
  for (const { work, name, hasGoal } of WORKS) {
    const params: PromotionParams = { work, rounds, runs }
    results.push(
      await resultOf(`${name}, and nothing else`, hasGoal ? atMost(1.1) : undefined, 'child.js', params, repeats),
    )
  }
  return results
}

async function resultOf(
  name: string,
  goal: Goal | undefined,
  program: string,
  params: PromotionParams | HttpParams,
  repeats: number,
): Promise<Result> {
  const times: PromotionTimes[] = []
  for (let repeat = 0; repeat < repeats; repeat++)
    times.push(await runChild<PromotionTimes>(new URL(program, import.meta.url), params))
  return {
    name,
    value: median(times.map((time) => time.with)) / 1000,
    unit: 'µs',
    baseline: 'the same host and spans without the library',
    ratio: median(times.map(({ ratio }) => ratio)),
    ...(goal === undefined ? {} : { goals: [goal] }),
  }
}
