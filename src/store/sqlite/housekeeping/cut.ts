import type { Database } from 'better-sqlite3'
import { parseTimeText } from '../../../record/index.js'
import { and, conditionOf, registerTimes } from '../filter.js'
import { hasTable } from '../migrations.js'
import { ANY_TEXT, formsOfTexts, LOCAL_TEXT, UTC_TEXT } from '../rollup/instant.js'
import { narrowestIndex } from '../rollup/parts.js'
import { NO_QUESTION, type RemovalQuestion } from '../rollup/retention.js'
import { StateTable } from '../rollup/state.js'
import { Statements } from '../rollup/statements.js'
import { type Order, TimeIndex } from './time-index.js'

type Wanted = Omit<RemovalQuestion, 'until'>

/**
 * Rows that one statement walks over. While it runs, the log cannot be emptied, and those that store records wait for that;
 * on a cold disk a walk over an index of ten million rows takes a minute.
 */
const ROWS_PER_WALK = 20_000

/** So many rows that are in no sums yet are looked at; others write all the time, so that there mostly are some. */
const MAX_LOOSE_ROWS = 50_000

/**
 * How many rows a removal takes. Rows that come meanwhile may be among them.
 * @param walk rows that one statement walks over; tests give fewer
 */
export function countRows(database: Database, question: Partial<RemovalQuestion>, walk = ROWS_PER_WALK): number {
  registerTimes(database)
  const { until = Infinity, ...wanted } = question
  const { rows, forms } = knownOf(database)
  if (until === Infinity && isEmpty(wanted) && rows !== undefined) return rows
  if (isEmpty(wanted) && isByText(forms)) return new TimeIndex(database, forms, walk).countBefore(until)
  let counted = 0
  for (const page of pages<[number]>(database, question, forms, 'rowid', walk)) counted += page.length
  return counted
}

/**
 * When the n-th of the latest rows started, or of the earliest.
 * @param n counts from 1
 * @param walk rows that one statement walks over; tests give fewer
 * @returns microseconds; undefined where there are fewer rows
 */
export function startOfNth(
  database: Database,
  wanted: Wanted,
  n: number,
  order: Order,
  walk = ROWS_PER_WALK,
): number | undefined {
  registerTimes(database)
  const { forms } = knownOf(database)
  if (isEmpty(wanted) && isByText(forms)) return new TimeIndex(database, forms, walk).startOfNth(n, order)
  const starts: number[] = []
  for (const page of pages<[number, number | null]>(
    database,
    wanted,
    ANY_TEXT,
    'rowid, start_micros(start_time)',
    walk,
  ))
    for (const [, micros] of page) if (micros !== null) starts.push(micros)
  const sorted = Float64Array.from(starts).toSorted()
  return order === 'latest' ? sorted[sorted.length - n] : sorted[n - 1]
}

/** Whether the index of the times has the rows in about the order of their times. */
function isByText(forms: number): boolean {
  return (forms & ~(UTC_TEXT | LOCAL_TEXT)) === 0
}

/** The rows of a question in the order of their row ids, each page by a statement of its own. */
function* pages<R extends [rowid: number, ...unknown[]]>(
  database: Database,
  question: Partial<RemovalQuestion>,
  forms: number,
  columns: string,
  walk: number,
): Generator<readonly R[]> {
  const { where, values } = conditionOf(question, forms, narrowestIndex({ ...NO_QUESTION, ...question }))
  const page = database
    .prepare<unknown[], R>(
      `SELECT ${columns} FROM feature_usage${and(where, 'rowid > ?')} ORDER BY rowid LIMIT ${walk}`,
    )
    .raw()
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows = page.all(...values, after)
    yield rows
    if (rows.length < walk) return
    after = (rows.at(-1) as R)[0]
  }
}

function isEmpty(wanted: Wanted): boolean {
  return Object.values(wanted).every((condition) => condition === undefined)
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

/** What is known of all rows without looking at each. */
interface Known {
  readonly rows?: number
  /** See rollup/instant.ts; of rows that are not in the sums anything may be true. */
  readonly forms: number
}

function knownOf(database: Database): Known {
  if (!hasTable(database, 'feature_rollup_state')) return { forms: ANY_TEXT }
  return database.transaction((): Known => {
    const states = new StateTable(new Statements(database))
    const state = states.read()
    if (state.rebuilding !== 0 || !states.holds(state)) return { forms: ANY_TEXT }
    const loose = database
      .prepare<[number], string>(`SELECT start_time FROM feature_usage WHERE rowid > ? LIMIT ${MAX_LOOSE_ROWS + 1}`)
      .pluck()
      .all(state.watermark)
    if (loose.length > MAX_LOOSE_ROWS) return { forms: ANY_TEXT }
    const counted = database
      .prepare<[], number>('SELECT coalesce(sum(row_count), 0) FROM feature_rollup_blocks')
      .pluck()
      .get() as number
    return { rows: counted + loose.length, forms: state.text_forms | formsOfTexts(loose) }
  })()
}
