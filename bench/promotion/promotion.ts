import { runChild } from '../child.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atMost, type Result } from '../result.js'
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

/** What an application with OpenTelemetry pays for promotion, against itself without the library. */
export async function benchPromotion({ rounds, runs, repeats }: Options): Promise<Result[]> {
  const results: Result[] = []
  const served: HttpParams = { requests: Math.max(100, Math.round(rounds / ROUNDS_PER_REQUEST)), runs }
  results.push(await resultOf('a request to an HTTP server', true, 'http-child.js', served, repeats))
  for (const { work, name, hasGoal } of WORKS) {
    const params: PromotionParams = { work, rounds, runs }
    results.push(await resultOf(`${name}, and nothing else`, hasGoal, 'child.js', params, repeats))
  }
  return results
}

async function resultOf(
  name: string,
  hasGoal: boolean,
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
    ...(hasGoal ? { goals: [atMost(1.1)] } : {}),
  }
}
