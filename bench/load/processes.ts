import { join } from 'node:path'
import { inTempFolder, runChild } from '../child.js'
import { preparedCopy } from '../data/file.js'
import { countRows } from '../data/raw.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atLeast, atMost, type Result } from '../result.js'
import type { WriterAnswer, WriterParams } from './writer-child.js'

/** Until all processes have started. */
const START_AFTER_MS = 300

/** A second for each process that shares two cores with the others. */
const WARM_UP_SECONDS = 8

interface Together {
  readonly rate: number
  readonly longestTurnMs: number
}

async function together(path: string, count: number, seconds: number, first: number): Promise<Together> {
  const before = countRows(path)
  const startAt = Date.now() + START_AFTER_MS * count
  const params = Array.from({ length: count }, (_, index): WriterParams => ({
    path,
    startAt,
    warmUpSeconds: Math.min(WARM_UP_SECONDS, 2 * seconds),
    seconds,
    first: first + index * 5_000_000,
  }))
  const program = new URL('writer-child.js', import.meta.url)
  const answers = await Promise.all(params.map((each) => runChild<WriterAnswer>(program, each)))
  const stored = answers.reduce((sum, answer) => sum + answer.stored, 0)
  const found = countRows(path) - before
  if (found !== stored) throw new Error(`${found} of ${stored} records are in the file`)
  return {
    rate: answers.reduce((sum, answer) => sum + answer.storedInTime, 0) / seconds,
    longestTurnMs: Math.max(...answers.map((answer) => answer.longestTurnMs)),
  }
}

/** Records a second of many processes in sum against those of one, into one file. */
export async function benchProcesses({ processes, seconds, repeats }: Options, rows: number): Promise<Result[]> {
  return inTempFolder(async (folder) => {
    const { path } = await preparedCopy(rows, join(folder, 'shared.db'))
    const one: Together[] = []
    const many: Together[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      const first = rows + repeat * (processes + 1) * 5_000_000
      one.push(await together(path, 1, seconds, first))
      many.push(await together(path, processes, seconds, first + 5_000_000))
    }
    const rate = (runs: readonly Together[]): number => median(runs.map((run) => run.rate))
    const wait = (runs: readonly Together[]): number => Math.max(...runs.map((run) => run.longestTurnMs))
    return [
      { name: 'one process', value: rate(one), unit: '/s', grows: true },
      {
        name: `${processes} processes in sum`,
        value: rate(many),
        unit: '/s',
        baseline: 'one process',
        ratio: median(many.map((run, index) => run.rate / (one[index] as Together).rate)),
        goals: [atLeast(0.9)],
      },
      { name: 'longest wait for the lock, one process', value: wait(one), unit: 'ms' },
      {
        name: `longest wait for a turn, ${processes} processes`,
        value: wait(many),
        unit: 'ms',
        goals: [atMost(250, 'value')],
      },
    ]
  })
}
