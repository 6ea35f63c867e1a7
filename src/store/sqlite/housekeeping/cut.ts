import type { Database } from 'better-sqlite3'
import { parseTimeText } from '../../../record/index.js'
import { and, conditionOf, registerTimes } from '../filter.js'
import { hasTable } from '../migrations.js'
import { ANY_TEXT, UTC_TEXT } from '../rollup/instant.js'
import type { RemovalQuestion } from '../rollup/retention.js'
import { StateTable } from '../rollup/state.js'

type Wanted = Omit<RemovalQuestion, 'until'>

/** How many rows a removal takes. */
export function countRows(database: Database, question: Partial<RemovalQuestion>): number {
  registerTimes(database)
  const { where, values } = conditionOf(question, formsOf(database))
  return (
    database
      .prepare<unknown[], number>(`SELECT count(*) FROM feature_usage${where}`)
      .pluck()
      .get(...values) ?? 0
  )
}

/**
 * When the n-th of the latest rows started, or of the earliest.
 * @param n counts from 1
 * @returns microseconds; undefined where there are fewer rows
 */
export function startOfNth(
  database: Database,
  wanted: Wanted,
  n: number,
  order: 'latest' | 'earliest',
): number | undefined {
  registerTimes(database)
  const direction = order === 'latest' ? 'DESC' : 'ASC'
  const { where, values } = conditionOf(wanted)
  // Where all times are written alike, they sort as text, and by the index.
  const isPlain = formsOf(database) <= UTC_TEXT
  const time = isPlain ? 'start_time' : 'start_micros(start_time)'
  const clause = isPlain ? where : and(where, `${time} IS NOT NULL`)
  const found = database
    .prepare<unknown[], string | number>(
      `SELECT ${time} FROM feature_usage${clause} ORDER BY ${time} ${direction} LIMIT 1 OFFSET ?`,
    )
    .pluck()
    .get(...values, n - 1)
  return typeof found === 'string' ? parseTimeText(found) : (found ?? undefined)
}

/**
 * About when the n-th of the earliest rows started: by the index alone, in which times that are written otherwise than ours
 * are up to a day off.
 * @param n counts from 1
 * @returns microseconds; undefined where there are fewer rows, or it is no time
 */
export function roughStartOfNth(database: Database, n: number): number | undefined {
  const found = database
    .prepare<[number], string>(
      "SELECT start_time FROM feature_usage WHERE start_time >= '0' AND start_time < ':' ORDER BY start_time LIMIT 1 OFFSET ?",
    )
    .pluck()
    .get(n - 1)
  return found === undefined ? undefined : parseTimeText(found)
}

/** As far as the rows are in the sums; of a row that is not, anything may be true. */
function formsOf(database: Database): number {
  if (!hasTable(database, 'feature_rollup_state')) return ANY_TEXT
  const states = new StateTable(database)
  const state = states.read()
  return states.holds(state) && state.watermark === states.lastRowid() ? state.text_forms : ANY_TEXT
}
