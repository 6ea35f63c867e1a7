import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { inTempFolder } from './child.js'
import { preparedCopy } from './data/file.js'
import { featureName } from './data/rows.js'
import { median } from './measure.js'
import type { Options } from './options.js'
import { atMost, type Result } from './result.js'
import { ROOT } from './root.js'

const BARE = 'node -e 0'

/** Commands that tell of a table, from the start of their process to its end. */
export async function benchCommands({ runs }: Options, rows: number): Promise<Result[]> {
  return inTempFolder(async (folder) => {
    const { path } = await preparedCopy(rows, join(folder, 'commands.db'))
    const command = (...argv: string[]): string[] => [join(ROOT, 'dist', 'lib', 'cli.js'), '--db-path', path, ...argv]
    const ways = [
      { name: BARE, argv: ['-e', '0'] },
      { name: '`list-features`', argv: command('list-features') },
      { name: '`feature-stats` of the feature with most calls', argv: command('feature-stats', featureName(0)) },
      { name: '`list-records --status failed`', argv: command('list-records', '--status', 'failed') },
    ]
    const times = ways.map((): number[] => [])
    for (let run = 0; run < 3 * runs; run++)
      for (const [index, { argv }] of ways.entries()) times[index]?.push(millisOf(argv))
    const [bare = 0, ...others] = times.map(median)
    return [
      { name: BARE, value: bare, unit: 'ms' },
      ...others.map((value, index): Result => ({
        name: ways[index + 1]?.name ?? '',
        value,
        unit: 'ms',
        baseline: BARE,
        ratio: value / bare,
        goals: [atMost(300, 'value')],
        grows: true,
      })),
    ]
  })
}

function millisOf(argv: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - start
}
