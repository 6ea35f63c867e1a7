import { runChild } from '../child.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atMost, type Goal, type Result } from '../result.js'
import type { CallParams, CallTimes } from './child.js'

const KINDS = ['sync', 'async'] as const

/**
 * What is handed over goes every hundred calls by itself; the wait after so many, which no application makes, is to cost
 * next to nothing.
 */
const CHUNK = 2000

const BASELINE = 'a bare span with six attributes'

/** Times ways to track in turn, each several times and in a process of its own. */
export async function timeSubjects(
  subjects: readonly Pick<CallParams, 'subject' | 'file' | 'port'>[],
  { rounds, runs }: Options,
  repeats: number,
  chunk = CHUNK,
): Promise<Map<string, CallTimes[]>> {
  const times = new Map<string, CallTimes[]>(subjects.map(({ subject }) => [subject, []]))
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const subject of subjects) {
      const params: CallParams = { ...subject, rounds, runs, chunk }
      times.get(subject.subject)?.push(await runChild<CallTimes>(new URL('child.js', import.meta.url), params))
    }
  }
  return times
}

/** The median over processes of a figure's ratio to the bare span in the same process. */
export function callResult(
  name: string,
  times: readonly CallTimes[],
  kind: 'sync' | 'async',
  part: 'call' | 'whole',
  goal?: Goal,
): Result {
  return {
    name,
    value: median(times.map((time) => time[kind].tracked[part])) / 1000,
    unit: 'µs',
    baseline: BASELINE,
    ratio: median(times.map((time) => time[kind].tracked[part] / time[kind].bare[part])),
    ...(goal === undefined ? {} : { goals: [goal] }),
  }
}

export async function benchCall(options: Options): Promise<Result[]> {
  const ways = [
    { subject: 'own', name: 'our own provider', goal: atMost(0.5) },
    { subject: 'host', name: "the host's provider", goal: atMost(1.3) },
    { subject: 'guest', name: 'a host that never heard of us', goal: atMost(1.3) },
    { subject: 'guest-0', name: 'the same, sampling nothing', goal: atMost(1.3) },
  ]
  const times = await timeSubjects(ways, options, options.repeats)
  const own = times.get('own') as CallTimes[]
  const results: Result[] = KINDS.map((kind) => ({
    name: `${kind}, ${BASELINE}`,
    value: median(own.map((time) => time[kind].bare.whole)) / 1000,
    unit: 'µs',
  }))
  for (const { subject, name, goal } of ways) {
    const found = times.get(subject) as CallTimes[]
    for (const kind of KINDS) {
      results.push(callResult(`${kind}, ${name}`, found, kind, 'whole', goal))
      results.push(callResult(`${kind}, ${name}, in the call alone`, found, kind, 'call'))
    }
  }
  return results
}
