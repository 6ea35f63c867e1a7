import type { Database } from 'better-sqlite3'
import { mergeBuckets } from './histogram.js'
import { DAY_MICROS, HOURS_PER_DAY } from './instant.js'
import { mergeDays } from './members.js'
import { StateTable } from './state.js'
import { Statements } from './statements.js'
import { SUM_COLUMNS } from './tables.js'
import { inTransaction } from './upkeep.js'
import type { RollupWriter } from './writer.js'

export interface DropQuestion {
  /** Sums of whole days before this time go, in microseconds. */
  readonly until: number
  readonly featureName?: string | undefined
  readonly category?: string | undefined
}

/**
 * Lets sums of frozen days go, of all features or of some; those of the categories and of all calls are put together anew
 * from what stays. The sums of all time are then made anew, in the background. The rows have been removed before.
 *
 * Runs in one transaction of its own.
 */
export function dropSums(database: Database, rollups: RollupWriter, question: DropQuestion): void {
  registerMerges(database)
  inTransaction(database, rollups, () => {
    const states = new StateTable(new Statements(database))
    const state = states.read()
    const day = Math.min(Math.floor(question.until / DAY_MICROS), state.frozen_day ?? -Infinity)
    if (day > -Infinity) {
      const isAll = question.featureName === undefined && question.category === undefined
      if (isAll) dropBefore(database, day)
      else dropSubjects(database, day, question)
      if (isAll && state.frozen_day !== null && state.frozen_day <= day) states.write({ ...state, frozen_day: null })
    }
    rollups.rebuild()
  })
}

function dropBefore(database: Database, day: number): void {
  for (const { table, column, factor } of PERIODS)
    database.exec(`DELETE FROM ${table} WHERE ${column} < ${day * factor}`)
}

const PERIODS = [
  { table: 'feature_rollup_hourly', column: 'hour', factor: HOURS_PER_DAY },
  { table: 'feature_rollup_daily', column: 'day', factor: 1 },
  { table: 'feature_rollup_user_days', column: 'day', factor: 1 },
] as const

/** Features first, then what was summed up from them. */
function dropSubjects(database: Database, day: number, { featureName, category }: DropQuestion): void {
  const wanted = 'kind = 0 AND (@name IS NULL OR feature_name = @name) AND (@category IS NULL OR category = @category)'
  for (const { table, column, factor } of PERIODS) {
    const before = `${column} < ${day * factor}`
    database
      .prepare(
        `DELETE FROM ${table} WHERE ${before} AND subject_id IN (SELECT id FROM feature_rollup_subjects WHERE ${wanted})`,
      )
      .run({ name: featureName ?? null, category: category ?? null })
    database.exec(
      `DELETE FROM ${table} WHERE ${before} AND subject_id IN (SELECT id FROM feature_rollup_subjects WHERE kind <> 0)`,
    )
    for (const parent of ['category_id', '0']) database.exec(parentsOf(table, column, before, parent))
  }
}

function parentsOf(table: string, column: string, before: string, parent: string): string {
  const isUsers = table === 'feature_rollup_user_days'
  const columns = isUsers ? ['chunk', 'members'] : ['status', ...SUM_COLUMNS]
  const values = isUsers ? ['chunk', 'rollup_union_days(members)'] : ['status', ...SUM_COLUMNS.map(merged)]
  return `INSERT INTO ${table} (${column}, subject_id, ${columns.join(', ')})
    SELECT ${column}, ${parent}, ${values.join(', ')} FROM ${table} AS sums
    JOIN feature_rollup_subjects ON feature_rollup_subjects.id = subject_id
    WHERE ${before} AND kind = 0 GROUP BY ${column}, ${parent === '0' ? '' : 'category_id, '}${columns[0]}`
}

function merged(column: (typeof SUM_COLUMNS)[number]): string {
  // The table of subjects has a column `calls`, too.
  const own = `sums.${column}`
  if (column === 'latency') return 'rollup_merge_latencies(sums.latency)'
  if (column === 'first_start' || column.endsWith('_min')) return `min(${own})`
  return column === 'last_start' || column.endsWith('_max') ? `max(${own})` : `sum(${own})`
}

function registerMerges(database: Database): void {
  database.aggregate<Uint8Array>('rollup_merge_latencies', {
    start: () => new Uint8Array(0),
    step: (total, next) => mergeBuckets(total, next),
  })
  database.aggregate<Uint8Array | null>('rollup_union_days', {
    start: null,
    step: (union, next) => (union === null ? next : mergeDays(union, next as Uint8Array)),
  })
}
