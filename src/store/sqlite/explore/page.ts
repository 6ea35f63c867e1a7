import { parseTimeText } from '../../../record/index.js'
import type { RecordPageQuery } from '../../explore.js'
import type { Question } from '../filter.js'
import { rowConditionsOf } from '../row-conditions.js'

/** The question of one page: what comes after a place did not start later than it. */
export function pageQuestion(question: Question, query: RecordPageQuery): Question {
  const { after } = query
  const micros = after === undefined ? undefined : parseTimeText(after.startTime)
  const until = micros === undefined ? question.until : Math.min(question.until, micros + 1)
  return { ...question, until, rows: rowConditionsOf(query, after) }
}
