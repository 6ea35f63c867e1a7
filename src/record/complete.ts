import { requireCategory } from './category.js'
import { calculateEfficiency } from './efficiency.js'
import { createRecordId } from './ids.js'
import type { FeatureUsageRecord } from './record.js'
import { show } from './show.js'
import { requireStatus } from './status.js'
import { parseTimeText, timeText } from './time.js'

/** What a caller must say of a record; the rest has defaults. Times may be Date, text or milliseconds. */
export type RecordInput = Pick<FeatureUsageRecord, 'featureName' | 'category' | 'status'> &
  Partial<Omit<FeatureUsageRecord, 'startTime' | 'endTime'>> & { startTime?: TimeInput; endTime?: TimeInput }

export type TimeInput = Date | number | string

/**
 * A whole record from what a caller gave. Missing values are derived: `endTime` from start and duration, `duration`
 * from the two times, `efficiencyScore` by the formula.
 *
 * @throws TypeError or RangeError that names the field, its value and what it should be
 */
export function completeRecord(input: RecordInput): FeatureUsageRecord {
  const { start, end, duration } = times(input)
  const inputSize = count('inputSize', input.inputSize ?? 0)
  const outputSize = count('outputSize', input.outputSize ?? 0)
  const iterations = count('iterations', input.iterations ?? 1)
  return {
    recordId: input.recordId ?? createRecordId(start / 1000),
    featureName: requireFeatureName(input.featureName),
    category: requireCategory(input.category),
    status: requireStatus(input.status),
    duration,
    startTime: timeText(start),
    endTime: timeText(end),
    inputSize,
    outputSize,
    metadata: input.metadata ?? {},
    userId: input.userId ?? null,
    sessionId: input.sessionId ?? '',
    errorMessage: input.errorMessage ?? null,
    efficiencyScore: score(input.efficiencyScore) ?? calculateEfficiency(duration, outputSize, iterations),
    iterations,
  }
}

function times(input: RecordInput): { start: number; end: number; duration: number } {
  const given = input.duration
  if (given !== undefined && !(Number.isFinite(given) && given >= 0))
    throw new RangeError(`duration is ${given}: give seconds, 0 or more`)
  const end = input.endTime === undefined ? undefined : parseTime(input.endTime, 'endTime')
  const start =
    input.startTime === undefined
      ? (end ?? Date.now() * 1000) - (given ?? 0) * 1e6
      : parseTime(input.startTime, 'startTime')
  const last = end ?? start + (given ?? 0) * 1e6
  return { start, end: last, duration: given ?? Math.max(0, (last - start) / 1e6) }
}

/**
 * Microseconds since the epoch.
 * @param name what to call the value in the error
 * @throws TypeError when the value is no time
 */
export function parseTime(value: TimeInput, name: string): number {
  const micros =
    value instanceof Date
      ? value.getTime() * 1000
      : typeof value === 'number'
        ? value * 1000
        : parseTimeText(String(value))
  if (micros !== undefined && Number.isFinite(micros)) return micros
  throw new TypeError(
    `${name} is ${show(value)}: give a Date, milliseconds since 1970 or ISO 8601 text such as 2026-11-24T14:55:00Z`,
  )
}

/** @throws TypeError when the name is empty, no string or longer than 1000 characters. */
export function requireFeatureName(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 1000) return value
  const shown =
    typeof value === 'string' ? `${JSON.stringify(value.slice(0, 40))} (${value.length} characters)` : String(value)
  throw new TypeError(`featureName is ${shown}: give a text of 1 to 1000 characters`)
}

function count(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return Math.round(value)
  throw new RangeError(`${name} is ${value}: give a whole number, 0 or more`)
}

function score(value: number | null | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  if (value >= 0 && value <= 1) return value
  throw new RangeError(`efficiencyScore is ${value}: give a number from 0 to 1`)
}
