import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inTempFolder, runChild } from '../child.js'
import { generatedFile } from '../data/file.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atLeast, atMost, type Result } from '../result.js'

const exec = promisify(execFile)

const PYTHON = `import sqlite3, csv, sys
out = csv.writer(open(sys.argv[2], 'w', newline=''))
out.writerows(sqlite3.connect(sys.argv[1]).execute('SELECT * FROM feature_usage'))`

interface Exported {
  readonly rows: number
  readonly seconds: number
  readonly peak: number
}

/** Exports of a whole table, each in a process of its own, beside SQLite's own export to CSV. */
export async function benchTransfer({ repeats }: Options, rows: number): Promise<Result[]> {
  const dbPath = await generatedFile(rows)
  return inTempFolder(async (folder) => {
    const own: number[] = []
    const runs = new Map<string, Exported[]>()
    let baseline = ''
    for (let turn = 0; turn < repeats; turn++) {
      const { name, seconds } = await sqliteSeconds(dbPath, join(folder, 'sqlite.csv'))
      baseline = name
      own.push(rows / seconds)
      for (const format of ['csv', 'jsonl', 'parquet']) {
        const child = new URL('child.js', import.meta.url)
        const run = await runChild<Exported>(child, { dbPath, format, path: join(folder, `out.${format}`) })
        if (run.rows !== rows) throw new Error(`${format} has ${run.rows} of ${rows} rows`)
        runs.set(format, [...(runs.get(format) ?? []), run])
      }
    }
    const reference = median(own)
    return [
      { name: `${baseline}, CSV`, value: reference, unit: 'rows/s' },
      ...[...runs].flatMap(([format, all]) => resultsOf(format, all, baseline, reference)),
    ]
  })
}

function resultsOf(format: string, runs: readonly Exported[], baseline: string, reference: number): Result[] {
  const speed = median(runs.map(({ rows, seconds }) => rows / seconds))
  const goals = [atLeast(100_000, 'value'), ...(format === 'csv' ? [atLeast(0.5)] : [])]
  return [
    { name: `export to ${format}`, value: speed, unit: 'rows/s', baseline, ratio: speed / reference, goals },
    {
      name: `export to ${format}, memory at its highest`,
      value: Math.max(...runs.map(({ peak }) => peak)) / 1e6,
      unit: 'MB',
      goals: [atMost(150, 'value')],
      grows: true,
    },
  ]
}

/** The program sqlite3, or Python's modules where there is none. */
async function sqliteSeconds(dbPath: string, path: string): Promise<{ name: string; seconds: number }> {
  const start = performance.now()
  try {
    await exec('sqlite3', ['-csv', '-header', dbPath, `.output ${path}`, 'SELECT * FROM feature_usage'])
    return { name: 'sqlite3', seconds: (performance.now() - start) / 1000 }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const again = performance.now()
    await exec('python3', ['-c', PYTHON, dbPath, path])
    return { name: "Python's sqlite3 and csv", seconds: (performance.now() - again) / 1000 }
  }
}
