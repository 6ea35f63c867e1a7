import type { Database, Statement } from 'better-sqlite3'
import { parseTimeText, timeText } from '../../../record/index.js'
import { and, conditionOf, registerTimes } from '../filter.js'
import { hasTable } from '../migrations.js'
import { ANY_TEXT, UTC_TEXT } from '../rollup/instant.js'
import { narrowestIndex } from '../rollup/parts.js'
import { NO_QUESTION, type RemovalQuestion } from '../rollup/retention.js'
import { type RollupState, StateTable } from '../rollup/state.js'

type Wanted = Omit<RemovalQuestion, 'until'>

/**
 * Rows that one statement walks over. While it runs, the log cannot be emptied, and those that store records wait for that;
 * on a cold disk a walk over an index of ten million rows takes a minute.
 */
const ROWS_PER_WALK = 20_000

/**
 * How many rows a removal takes. Rows that come meanwhile may be among them.
 * @param walk rows that one statement walks over; tests give fewer
 */
export function countRows(database: Database, question: Partial<RemovalQuestion>, walk = ROWS_PER_WALK): number {
  registerTimes(database)
  const { until = Infinity, ...wanted } = question
  const counted = until === Infinity && isEmpty(wanted) ? countedBySums(database) : undefined
  if (counted !== undefined) return counted
  const forms = formsOf(database)
  let rows = 0
  if (isEmpty(wanted) && forms <= UTC_TEXT)
    for (const piece of pieces(database, 'earliest', walk, until)) rows += piece.rows
  else for (const page of pages<[number]>(database, question, forms, 'rowid', walk)) rows += page.length
  return rows
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
  order: 'latest' | 'earliest',
  walk = ROWS_PER_WALK,
): number | undefined {
  registerTimes(database)
  // Where all times are written alike, they sort as text, and by the index.
  if (isEmpty(wanted) && formsOf(database) <= UTC_TEXT) return nthOfIndex(database, n, order, walk)
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

function nthOfIndex(database: Database, n: number, order: 'latest' | 'earliest', walk: number): number | undefined {
  let before = 0
  for (const { from, to, rows } of pieces(database, order, walk)) {
    if (before + rows < n) {
      before += rows
      continue
    }
    const { time } = statements(database, order)
    const found = time.get(from, to, n - before - 1)
    return found === undefined ? undefined : parseTimeText(found)
  }
  return undefined
}

interface Piece {
  /** The first time of the piece, in its order, which is in it. */
  readonly from: string
  /** The first time that is not in it any more. */
  readonly to: string
  readonly rows: number
}

/** After and before all times that are written as ours. */
const END = { earliest: ':', latest: '' } as const
const START = { earliest: '', latest: ':' } as const

/** The rows by their times, as texts, in pieces that are quickly counted. Rows of one time are in one piece. */
function* pieces(database: Database, order: 'latest' | 'earliest', walk: number, until = Infinity): Generator<Piece> {
  const { time, next, rows } = statements(database, order)
  const end = until === Infinity ? END[order] : timeText(until)
  for (let from: string = START[order]; from !== end;) {
    let to = time.get(from, end, walk) ?? end
    if (to === from) to = next.get(from, end) ?? end
    const counted = rows.get(from, to) as number
    if (counted > 0) yield { from, to, rows: counted }
    from = to
  }
}

interface TimeStatements {
  readonly time: Statement<[from: string, to: string, offset: number], string>
  readonly next: Statement<[from: string, to: string], string>
  readonly rows: Statement<[from: string, to: string], number>
}

function statements(database: Database, order: 'latest' | 'earliest'): TimeStatements {
  const [from, after, to, direction] = order === 'latest' ? ['<=', '<', '>', 'DESC'] : ['>=', '>', '<', 'ASC']
  const times = (first: string): string => `FROM feature_usage WHERE start_time ${first} ? AND start_time ${to} ?`
  const ordered = `ORDER BY start_time ${direction} LIMIT 1`
  return {
    time: database
      .prepare<[string, string, number], string>(`SELECT start_time ${times(from)} ${ordered} OFFSET ?`)
      .pluck(),
    next: database.prepare<[string, string], string>(`SELECT start_time ${times(after)} ${ordered}`).pluck(),
    rows: database.prepare<[string, string], number>(`SELECT count(*) ${times(from)}`).pluck(),
  }
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

/** The number of all rows, where it is known without looking at them. */
function countedBySums(database: Database): number | undefined {
  if (stateOfAll(database) === undefined) return undefined
  return database.prepare<[], number>('SELECT coalesce(sum(row_count), 0) FROM feature_rollup_blocks').pluck().get()
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
  return stateOfAll(database)?.text_forms ?? ANY_TEXT
}

/** The state of the sums, where every row is in them. */
function stateOfAll(database: Database): RollupState | undefined {
  if (!hasTable(database, 'feature_rollup_state')) return undefined
  const states = new StateTable(database)
  const state = states.read()
  const areAllIn = state.rebuilding === 0 && states.holds(state) && state.watermark === states.lastRowid()
  return areAllIn ? state : undefined
}
