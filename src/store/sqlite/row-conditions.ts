import type { RecordPosition, RowFilter } from '../explore.js'
import type { Add } from './filter.js'

/** Conditions that are asked of each row. */
export interface RowConditions extends Pick<
  RowFilter,
  'sessionId' | 'traceId' | 'minDuration' | 'maxDuration' | 'errorText'
> {
  /** Only rows that come after this place, the latest first. */
  readonly after?: RecordPosition | undefined
}

/**
 * @returns undefined when there are none
 * @throws RangeError that names a bad value
 */
export function rowConditionsOf(filter: RowFilter, after?: RecordPosition): RowConditions | undefined {
  const { sessionId, traceId, minDuration, maxDuration, errorText } = filter
  const conditions: RowConditions = {
    sessionId: textOrNothing(sessionId),
    traceId: textOrNothing(traceId),
    minDuration: requireSeconds(minDuration, 'minDuration'),
    maxDuration: requireSeconds(maxDuration, 'maxDuration'),
    errorText: textOrNothing(errorText),
    after: after === undefined ? undefined : { startTime: String(after.startTime), recordId: String(after.recordId) },
  }
  return Object.values(conditions).some((condition) => condition !== undefined) ? conditions : undefined
}

export function addRowConditions(rows: RowConditions, add: Add): void {
  const { sessionId, traceId, minDuration, maxDuration, errorText, after } = rows
  if (traceId !== undefined) add('id IN (SELECT record_id FROM feature_traces WHERE trace_id = unhex(?))', traceId)
  if (sessionId !== undefined) add('session_id = ?', sessionId)
  if (minDuration !== undefined) add('duration >= ?', minDuration)
  if (maxDuration !== undefined) add('duration < ?', maxDuration)
  if (errorText !== undefined) add('instr(lower(error_message), lower(?)) > 0', errorText)
  if (after === undefined) return
  const { startTime, recordId } = after
  add('(utc_text(start_time) < ? OR (utc_text(start_time) = ? AND id < ?))', startTime, startTime, recordId)
}

function textOrNothing(value: string | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

function requireSeconds(value: number | undefined, name: string): number | undefined {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value
  throw new RangeError(`${name} is ${JSON.stringify(value)}: give a number of seconds`)
}
