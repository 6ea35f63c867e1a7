import { statSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { inTempFolder } from '../child.js'
import { generatedFile, preparedCopy } from '../data/file.js'
import { percentile } from '../measure.js'
import type { Options } from '../options.js'
import { atLeast, atMost, formatNumber, type Result } from '../result.js'
import { compareAnswers, timeRuns } from './answers.js'
import { type DuckDB, openDuckDB } from './duckdb.js'
import { type Question, QUESTIONS } from './questions.js'

const RUNS = 30
const GOALS = [atMost(10, 'value'), atLeast(10)]

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
  const differences = [compareAnswers('SQLite', answer, statement.all())]
  if (duckdb !== undefined) differences.push(compareAnswers('DuckDB', answer, await duckdb.ask(question.duckdb)))
  const wrong = differences.find((difference) => typeof difference === 'string')
  if (wrong !== undefined) return [{ name, value: Number.NaN, unit: 'ms', goals: GOALS, note: wrong }]
  const apart = Math.max(...differences.map(Number))
  const p95 = async (run: () => unknown): Promise<number> => percentile(await timeRuns(run, RUNS, budget), 0.95)
  const mine = await p95(() => ours(store))
  const plain = await p95(() => statement.all())
  const equal = apart < 1e-6 ? 'equal answers' : `answers at most ${(apart * 100).toFixed(2)} % apart`
  const result: Result = { name, value: mine, unit: 'ms', goals: [atMost(10, 'value')], grows: true }
  const note = `plain SQL ${formatNumber(plain)} ms, ${equal}`
  if (duckdb === undefined) return [{ ...result, note: `${note}; DuckDB is not installed` }]
  const duck = await p95(() => duckdb.ask(question.duckdb))
  return [
    {
      ...result,
      baseline: 'DuckDB, times faster',
      ratio: duck / mine,
      goals: GOALS,
      note: `DuckDB ${formatNumber(duck)} ms, ${note}`,
    },
  ]
}
