import { statSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { inTempFolder } from '../child.js'
import { generatedFile, preparedCopy } from '../data/file.js'
import { percentile } from '../measure.js'
import type { Options } from '../options.js'
import { atLeast, atMost, type Result } from '../result.js'
import { compareAnswers, timeRuns } from './answers.js'
import { type DuckDB, openDuckDB } from './duckdb.js'
import { type Question, QUESTIONS } from './questions.js'

const RUNS = 30

interface Sides {
  readonly store: FeatureTrackerDB
  readonly sqlite: Database
  readonly duckdb: DuckDB | undefined
}

/** Our reader against plain SQL on the same file, and against DuckDB over its own copy of the rows. */
export async function benchQueries(options: Options, rows: number): Promise<Result[]> {
  return inTempFolder(async (folder) => {
    const source = await generatedFile(rows)
    const { path, seconds } = await preparedCopy(rows, join(folder, 'queries.db'))
    const sides: Sides = {
      store: new FeatureTrackerDB(path),
      sqlite: new BetterSqlite3(path, { readonly: true }),
      duckdb: await openDuckDB(source),
    }
    const results: Result[] = []
    for (const question of QUESTIONS) results.push(...(await ask(question, sides, options.budget)))
    await sides.store.close()
    sides.sqlite.close()
    sides.duckdb?.close()
    const growth = statSync(path).size / statSync(source).size - 1
    return [
      ...results,
      { name: 'summing up all rows of an older file', value: seconds, unit: 's', note: 'once, when it is migrated' },
      { name: 'size of what is summed up, of the table', value: growth * 100, unit: '%' },
    ]
  })
}

async function ask(question: Question, { store, sqlite, duckdb }: Sides, budget: number): Promise<Result[]> {
  const { name, ours } = question
  const statement = sqlite.prepare<[], unknown[]>(question.sqlite).raw()
  const answer = await ours(store)
  if (answer === undefined) return [{ name: `${name}: no answer in this version`, value: Number.NaN, unit: 'ms' }]
  let apart = compareAnswers(`${name}, SQLite`, answer, statement.all())
  if (duckdb !== undefined)
    apart = Math.max(apart, compareAnswers(`${name}, DuckDB`, answer, await duckdb.ask(question.duckdb)))
  const mine = await timeRuns(() => ours(store), RUNS, budget)
  const p95 = percentile(mine, 0.95)
  const equal = apart < 1e-6 ? 'answers equal' : `answers at most ${(apart * 100).toFixed(2)} % apart`
  const result: Result = {
    name: `${name}: ours`,
    value: p95,
    unit: 'ms',
    goal: atMost(10, 'value'),
    grows: true,
    note: `${mine.length} runs, ${equal}`,
  }
  const other = (who: string, times: readonly number[]): Result => ({
    name: `${name}: ${who}`,
    value: percentile(times, 0.95),
    unit: 'ms',
    baseline: 'ours',
    ratio: percentile(times, 0.95) / p95,
    note: `${times.length} runs`,
  })
  const plain = other('plain SQL', await timeRuns(() => statement.all(), RUNS, budget))
  if (duckdb === undefined) return [result, plain]
  const duck = other('DuckDB, its own table', await timeRuns(() => duckdb.ask(question.duckdb), RUNS, budget))
  return [result, plain, { ...duck, goal: atLeast(10) }]
}
