import type { Database } from 'better-sqlite3'
import {
  FeatureCategory,
  FeatureStatus,
  localTimeText,
  normalizeTimeText,
  parseTime,
  parseTimeText,
  requireCategory,
  requireStatus,
  timeText,
} from '../../record/index.js'
import type { RecordFilter } from '../contract.js'
import { addRowConditions, type RowConditions } from './row-conditions.js'
import { ANY_TEXT, LOCAL_TEXT, OTHER_TEXT, UTC_TEXT } from './rollup/instant.js'
import type { SqlValue } from './rows.js'

/** A filter whose values were checked. */
export interface Question {
  readonly featureName: string | undefined
  readonly category: FeatureCategory | undefined
  readonly status: FeatureStatus | undefined
  /** The forms under which the user's id may be stored. */
  readonly users: readonly string[] | undefined
  /** Microseconds; -Infinity when it is not given. */
  readonly since: number
  /** Microseconds; Infinity when it is not given. */
  readonly until: number
  /** Whether only calls without success are asked for. */
  readonly unsuccessful?: boolean | undefined
  /** Whether users are not to be counted, which costs most of an answer. */
  readonly leaveOutUsers?: boolean | undefined
  /** Whether nothing but numbers of calls is asked for. */
  readonly callsOnly?: boolean | undefined
  /** What only the rows themselves can tell. */
  readonly rows?: RowConditions | undefined
}

/** A WHERE clause, empty or starting with a blank, and the values of its parameters in order. */
export interface Condition {
  readonly where: string
  readonly values: SqlValue[]
}

/**
 * @param aliases the forms under which a user id may be stored
 * @throws TypeError that names a bad value
 */
export function questionOf(filter: RecordFilter, aliases: (userId: string) => readonly string[]): Question {
  const { featureName, category, status, userId, since, until } = filter
  return {
    featureName: featureName === undefined ? undefined : String(featureName),
    category: category === undefined ? undefined : requireCategory(category),
    status: status === undefined ? undefined : requireStatus(status),
    users: userId === undefined ? undefined : aliases(String(userId)),
    since: since === undefined ? -Infinity : parseTime(since, 'since'),
    until: until === undefined ? Infinity : parseTime(until, 'until'),
  }
}

/** A column whose index is to be used; `rowid` is the table itself. */
export type IndexedColumn = 'feature_name' | 'category' | 'start_time' | 'user_id' | 'rowid'

/**
 * The condition of a question. Every value is a parameter, none is part of the text.
 * @param forms the forms in which start times may be written (rollup/instant.ts)
 * @param by the index to use; SQLite, which knows nothing of the values, chooses when it is undefined
 */
export function conditionOf(question: Partial<Question>, forms = ANY_TEXT, by?: IndexedColumn): Condition {
  const parts: string[] = []
  const values: SqlValue[] = []
  const add: Add = (sql, ...bound) => {
    parts.push(sql)
    values.push(...bound)
  }
  const { featureName, category, status, users, since = -Infinity, until = Infinity } = question
  // A plus before a column keeps SQLite from using its index.
  const column = (name: IndexedColumn) => (by === undefined || by === name ? name : `+${name}`)
  if (featureName !== undefined) add(`${column('feature_name')} = ?`, featureName)
  if (category !== undefined) addCategory(column('category'), category, add)
  if (status !== undefined) add('status = ?', status)
  if (question.unsuccessful === true) add(`status <> '${FeatureStatus.SUCCESS}'`)
  if (users !== undefined) add(`${column('user_id')} IN (${users.map(() => '?').join(', ')})`, ...users)
  if (since > -Infinity) addTime(column('start_time'), '>=', since, forms, add)
  if (until < Infinity) addTime(column('start_time'), '<', until, forms, add)
  if (question.rows !== undefined) addRowConditions(question.rows, add)
  return { where: parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`, values }
}

/** The clause with one more condition. */
export function and(where: string, also: string): string {
  return where === '' ? ` WHERE ${also}` : `${where} AND ${also}`
}

/** Whether a row's time names its offset from UTC, as ours do. The original's are local and name none. */
export const HAS_OFFSET = "(start_time GLOB '*[+Zz]*' OR start_time GLOB '*T*-*')"

/** Takes one more condition and its values. */
export type Add = (sql: string, ...bound: SqlValue[]) => void

function addCategory(column: string, category: FeatureCategory, add: Add): void {
  if (category === FeatureCategory.AGENT_PLATFORM) add(`${column} IN (?, ?)`, category, 'agent_platform')
  else add(`${column} = ?`, category)
}

/**
 * A time as text is at most so far from where the index has it: half a day and a bit for the zone, and a day for a blank
 * where others have a T.
 */
export const MAX_OFFSET_MICROS = 40 * 3_600_000_000

const IS_UTC = "start_time GLOB '????-??-??T??:??:??.??????+00:00'"

/**
 * Our times are UTC with an offset, the original's local without one, others may have written others. The first
 * comparison is wide enough for all and can use the index; the second is exact for each. A text that is no time is
 * before and after nothing.
 */
function addTime(column: string, operator: '>=' | '<', micros: number, forms: number, add: Add): void {
  const utc = timeText(micros)
  const bounds = [utc]
  if ((forms & LOCAL_TEXT) !== 0) bounds.push(localTimeText(micros))
  if ((forms & OTHER_TEXT) !== 0) bounds.push(farTimeText(micros + (operator === '<' ? 1 : -1) * MAX_OFFSET_MICROS))
  bounds.sort()
  add(`${column} ${operator} ?`, (operator === '<' ? bounds.at(-1) : bounds[0]) as string)
  if (forms > UTC_TEXT)
    add(
      `CASE WHEN ${IS_UTC} THEN start_time ${operator} ? ELSE start_micros(start_time) ${operator} ? END`,
      utc,
      micros,
    )
}

/** A time as UTC text; at the ends of the calendar, text that is before or after all. */
export function farTimeText(micros: number): string {
  try {
    return timeText(micros)
  } catch {
    return micros < 0 ? '' : '~'
  }
}

/** Gives a connection the functions that conditions of time use. */
export function registerTimes(database: Database): void {
  database.function('start_micros', { deterministic: true }, (text) => parseTimeText(String(text)) ?? null)
  database.function('utc_text', { deterministic: true }, (text) => normalizeTimeText(String(text)))
}
