import {
  FeatureCategory,
  localTimeText,
  parseTime,
  requireCategory,
  requireStatus,
  timeText,
} from '../../record/index.js'
import type { RecordFilter } from '../contract.js'
import type { SqlValue } from './rows.js'

/** A WHERE clause, empty or starting with a blank, and the values of its parameters in order. */
export interface Condition {
  readonly where: string
  readonly values: SqlValue[]
}

/**
 * The condition of a filter. Every value is a parameter, none is part of the text.
 *
 * @param aliases the forms under which a user id may be stored
 * @throws TypeError that names a bad value
 */
export function conditionOf(filter: RecordFilter, aliases: (userId: string) => readonly string[]): Condition {
  const parts: string[] = []
  const values: SqlValue[] = []
  const add = (sql: string, ...bound: SqlValue[]) => {
    parts.push(sql)
    values.push(...bound)
  }
  if (filter.featureName !== undefined) add('feature_name = ?', String(filter.featureName))
  if (filter.category !== undefined) addCategory(requireCategory(filter.category), add)
  if (filter.status !== undefined) add('status = ?', requireStatus(filter.status))
  if (filter.userId !== undefined) {
    const forms = aliases(String(filter.userId))
    add(`user_id IN (${forms.map(() => '?').join(', ')})`, ...forms)
  }
  if (filter.since !== undefined) addTime('>=', parseTime(filter.since, 'since'), Math.min, add)
  if (filter.until !== undefined) addTime('<', parseTime(filter.until, 'until'), Math.max, add)
  return { where: parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`, values }
}

/** Whether a row's time names its offset from UTC, as ours do. The original's are local and name none. */
export const HAS_OFFSET = "(start_time GLOB '*[+Zz]*' OR start_time GLOB '*T*-*')"

type Add = (sql: string, ...bound: SqlValue[]) => void

function addCategory(category: FeatureCategory, add: Add): void {
  if (category === FeatureCategory.AGENT_PLATFORM) add('category IN (?, ?)', category, 'agent_platform')
  else add('category = ?', category)
}

/**
 * Our times are UTC with an offset, the original's local without one. The first comparison is wide enough for both and
 * can use the index; the second is exact for each.
 */
function addTime(operator: '>=' | '<', micros: number, wider: (a: number, b: number) => number, add: Add): void {
  const utc = timeText(micros)
  const local = localTimeText(micros)
  const bound = wider === Math.min ? [utc, local].toSorted()[0] : [utc, local].toSorted()[1]
  add(`start_time ${operator} ?`, bound as string)
  add(`start_time ${operator} CASE WHEN ${HAS_OFFSET} THEN ? ELSE ? END`, utc, local)
}
