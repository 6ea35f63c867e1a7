import type { Options } from '../options.js'
import type { Result } from '../result.js'
import { median } from '../measure.js'
import { timeSubjects } from './call.js'
import type { CallTimes } from './child.js'

/** What it costs a call that its record outlives the process however it ends. */
export async function benchDurability(options: Options): Promise<Result[]> {
  const times = await timeSubjects([{ subject: 'own' }, { subject: 'process' }], options, options.repeats)
  const figure = (subject: string, kind: 'sync' | 'async'): number =>
    median((times.get(subject) as CallTimes[]).map((time) => time[kind].tracked.whole)) / 1000
  return (['sync', 'async'] as const).map((kind) => ({
    name: `${kind}, durability: process`,
    value: figure('process', kind),
    unit: 'µs',
    baseline: 'the default durability',
    ratio: figure('process', kind) / figure('own', kind),
  }))
}
