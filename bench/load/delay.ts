import { join } from 'node:path'
import { inTempFolder, runChild } from '../child.js'
import { preparedCopy } from '../data/file.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atMost, type Result } from '../result.js'
import type { DelayAnswer, DelayParams } from './delay-child.js'

export function runDelay(params: DelayParams): Promise<DelayAnswer> {
  return runChild<DelayAnswer>(new URL('delay-child.js', import.meta.url), params, {
    FEATURE_TRACKING_DB_PATH: params.path,
  })
}

interface Load {
  readonly name: string
  readonly rate: number
  readonly lockSeconds: number
  readonly isBar: boolean
}

function loads(lockSeconds: number): Load[] {
  return [
    { name: 'idle', rate: 0, lockSeconds: 0, isBar: false },
    { name: '5,000 records/s', rate: 5000, lockSeconds: 0, isBar: false },
    { name: '20,000 records/s', rate: 20_000, lockSeconds: 0, isBar: true },
    { name: `20,000 records/s, file locked for ${lockSeconds} s`, rate: 20_000, lockSeconds, isBar: true },
  ]
}

/** p99 of the event loop's delay over that of the same loop without calls. */
export async function benchDelay(options: Options, rows: number): Promise<Result[]> {
  return inTempFolder(async (folder) => {
    const { path } = await preparedCopy(rows, join(folder, 'delay.db'))
    const ways = loads(options.lockSeconds)
    const answers = ways.map((): DelayAnswer[] => [])
    for (let repeat = 0; repeat < options.repeats; repeat++) {
      for (const [index, { rate, lockSeconds }] of ways.entries()) {
        // A little longer than the lock: the writer catches up while calls go on.
        const seconds = lockSeconds > 0 ? lockSeconds + 1 : options.seconds
        answers[index]?.push(await runDelay({ path, rate, seconds, lockSeconds }))
      }
    }
    const idle = median((answers[0] as DelayAnswer[]).map((answer) => answer.p99))
    return ways.map((load, index) => resultOf(load, answers[index] as DelayAnswer[], idle))
  })
}

function resultOf(load: Load, answers: readonly DelayAnswer[], idle: number): Result {
  const p99 = median(answers.map((answer) => answer.p99))
  if (load.rate === 0) return { name: 'idle, p99', value: p99, unit: 'ms' }
  const sum = (figure: (answer: DelayAnswer) => number): number => answers.reduce((all, each) => all + figure(each), 0)
  const [made, stored] = [sum((answer) => answer.made), sum((answer) => answer.stored)]
  const max = Math.max(...answers.map((answer) => answer.max))
  return {
    name: `${load.name}, p99 over idle`,
    value: p99 - idle,
    unit: 'ms',
    ...(load.isBar ? { goals: [atMost(1, 'value')] } : {}),
    note: `p99 ${p99.toFixed(2)} ms, longest ${max.toFixed(1)} ms; ${stored.toLocaleString('en')} of ${made.toLocaleString('en')} records stored`,
  }
}
