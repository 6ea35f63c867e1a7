import { join } from 'node:path'
import { inTempFolder, runChild } from '../child.js'
import { prepare } from '../data/file.js'
import type { Options } from '../options.js'
import type { Result } from '../result.js'
import { runDelay } from './delay.js'
import type { MemoryAnswer, MemoryParams } from './memory-child.js'

/** Calls for each round of a timed run: enough for a leak of a few bytes a call to show. */
const CALLS_PER_ROUND = 20

const megabytes = (bytes: number): number => bytes / 1024 / 1024

/** What the library adds to a process with OpenTelemetry, whether it grows, and what a locked file piles up. */
export async function benchMemory({ rounds, lockSeconds }: Options): Promise<Result[]> {
  return inTempFolder(async (folder) => {
    const path = join(folder, 'memory.db')
    const calls = rounds * CALLS_PER_ROUND
    const run = (tracked: boolean): Promise<MemoryAnswer> => {
      const params: MemoryParams = { tracked, calls }
      return runChild<MemoryAnswer>(new URL('memory-child.js', import.meta.url), params, {
        FEATURE_TRACKING_DB_PATH: path,
      })
    }
    const sdk = await run(false)
    const library = await run(true)
    const locked = join(folder, 'locked.db')
    await prepare(locked)
    const pile = await runDelay({ path: locked, rate: 20_000, seconds: lockSeconds, lockSeconds })
    const count = calls.toLocaleString('en')
    return [
      { name: `the SDK alone, after ${count} spans`, value: megabytes(sdk.rss[1]), unit: 'MB' },
      {
        name: `the library, after ${count} calls`,
        value: megabytes(library.rss[1]),
        unit: 'MB',
        baseline: 'the SDK alone',
        ratio: library.rss[1] / sdk.rss[1],
      },
      {
        name: 'heap of the library, gained in the last three quarters of the calls',
        value: megabytes(library.heap[1] - library.heap[0]),
        unit: 'MB',
      },
      {
        name: `20,000 records/s while the file is locked for ${lockSeconds} s, gained`,
        value: megabytes(pile.gained),
        unit: 'MB',
        note: `${pile.stored.toLocaleString('en')} of ${pile.made.toLocaleString('en')} records stored`,
      },
    ]
  })
}
