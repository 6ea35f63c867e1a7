import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Run } from './result.js'
import { cacheFolder } from './root.js'

/** The last run of each benchmark with each size of table. */
export function resultsFile(): string {
  return join(cacheFolder(), 'results.json')
}

export function readRuns(file = resultsFile()): Run[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Run[]) : []
}

/** Takes the place of the earlier run of the same benchmark with the same rows. Others stay: one may run them apart. */
export function keepRun(run: Run): void {
  const others = readRuns().filter((other) => other.benchmark !== run.benchmark || other.rows !== run.rows)
  writeRuns(resultsFile(), [...others, run])
}

export function writeRuns(file: string, runs: readonly Run[]): void {
  writeFileSync(file, `${JSON.stringify(runs, undefined, 2)}\n`)
}
