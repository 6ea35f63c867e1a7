import { parseCategory } from '../../../record/index.js'
import type { FeatureSummary } from '../../contract.js'
import type { Question } from '../filter.js'
import type { SqlValue } from '../rows.js'
import { type Candidate, keyOf, looseRows, mostUsedFirst } from './candidates.js'
import { Group } from './group.js'
import { storedCategory } from './dictionary.js'
import { frozenQuestion, type Parts, partsOf, statusMask } from './parts.js'
import type { Snapshot, SubjectCalls } from './snapshot.js'
import { countOf, mean, percent, textOf } from './stats.js'
import { statusCode } from './status.js'
import { topOfMany } from './top-of-many.js'

/** The features of a question by number of calls; equal numbers by name and category. */
export function topFeatures(snapshot: Snapshot, question: Question, limit: number): FeatureSummary[] {
  const asked = question.users === undefined ? frozenQuestion(snapshot, question) : question
  const parts = partsOf(snapshot, asked)
  const ofMany = topOfMany(snapshot, asked, parts, limit)
  if (ofMany !== undefined) return ofMany.map(({ candidate, group }) => summaryOf(candidate, group))
  const loose = looseRows(snapshot, asked, parts)
  const summed = asked.users === undefined ? mostUsed(snapshot, asked, parts, limit + loose.length) : []
  return merged(snapshot, asked, parts, summed, loose)
    .toSorted(mostUsedFirst)
    .slice(0, limit)
    .map((candidate) => {
      const { subject } = candidate
      return summaryOf(candidate, new Group(snapshot, subject === undefined ? [] : [subject], asked, parts))
    })
}

/** Features by calls in the sums, and of the others what they have there. */
function merged(
  snapshot: Snapshot,
  question: Question,
  parts: Parts,
  summed: readonly Candidate[],
  loose: readonly Candidate[],
): Candidate[] {
  const rest = new Map(loose.map((candidate) => [keyOf(candidate), candidate]))
  const candidates = summed.map((candidate) => {
    const key = keyOf(candidate)
    const also = rest.get(key)
    rest.delete(key)
    return also === undefined ? candidate : { ...candidate, calls: candidate.calls + also.calls, loose: also.loose }
  })
  for (const candidate of rest.values()) {
    const [subject] = question.users === undefined ? snapshot.subjects(candidate.featureName, candidate.category) : []
    const calls = subject === undefined ? 0 : new Group(snapshot, [subject], question, parts).tally.calls
    candidates.push({ ...candidate, subject, calls: calls + candidate.calls })
  }
  return candidates
}

/** @param group the feature's calls in the sums */
function summaryOf({ featureName, category, loose }: Candidate, group: Group): FeatureSummary {
  if (loose !== undefined) group.addLoose(loose.tally, loose.users)
  const { tally } = group
  const [p50, p95, p99] = tally.percentiles(0.5, 0.95, 0.99) as [number, number, number]
  return {
    featureName,
    category: parseCategory(category) ?? 'other',
    usageCount: tally.calls,
    successCount: countOf(tally, 'success'),
    successRate: percent(countOf(tally, 'success'), tally.calls),
    avgDuration: mean(tally.durationSum, tally.calls),
    p50Duration: p50,
    p95Duration: p95,
    p99Duration: p99,
    avgEfficiency: mean(tally.efficiencySum, tally.efficiencyCount),
    users: group.users,
    lastCall: textOf(tally.lastStart),
  }
}

/** The features with most calls in the sums. */
function mostUsed(snapshot: Snapshot, question: Question, parts: Parts, limit: number): Candidate[] {
  // Of many subjects SQLite adds the calls up.
  if (!parts.isEver && snapshot.hasFewSubjects) return mostUsedOfPeriod(snapshot, question, parts, limit)
  const { sql, values } = callsByFeature(question, parts)
  return snapshot
    .subjectRows(`${sql} ORDER BY calls DESC, f.feature_name, f.category LIMIT ?`, ...values, limit)
    .map(([subject, featureName, category, calls]) => ({ featureName, category, subject, calls, loose: undefined }))
}

/** The same, by numbers of calls that are kept from one question to the next. */
function mostUsedOfPeriod(snapshot: Snapshot, question: Question, parts: Parts, limit: number): Candidate[] {
  const statuses = statusMask(question)
  const calls = new Map<number, number>()
  const add = (counts: readonly SubjectCalls[]) => {
    for (const [subject, status, count] of counts)
      if (((statuses >>> status) & 1) === 1) calls.set(subject, count + (calls.get(subject) ?? 0))
  }
  for (const day of snapshot.days(parts.days)) add(snapshot.callsOn('daily', day))
  for (const hours of parts.hours) for (const hour of snapshot.hours(hours)) add(snapshot.callsOn('hourly', hour))
  const { featureName, category } = question
  const wanted = category === undefined ? undefined : storedCategory(category)
  return snapshot
    .subjectRows('SELECT id, feature_name, category, calls FROM feature_rollup_subjects WHERE kind = 0')
    .filter(
      ([subject, name, under]) =>
        calls.has(subject) &&
        (featureName === undefined || name === featureName) &&
        (wanted === undefined || under === wanted),
    )
    .map(([subject, name, under]): Candidate => ({
      featureName: name,
      category: under,
      subject,
      calls: calls.get(subject) as number,
      loose: undefined,
    }))
    .toSorted(mostUsedFirst)
    .slice(0, limit)
}

function callsByFeature(question: Question, parts: Parts): { sql: string; values: SqlValue[] } {
  const { status, featureName, category } = question
  // The plus: a name has few features, the index of most calls has all.
  const where = [featureName === undefined ? 'f.kind = 0' : '+f.kind = 0']
  const values: SqlValue[] = []
  if (featureName !== undefined) where.push('f.feature_name = ?')
  if (category !== undefined) where.push('f.category = ?')
  const names = [featureName, category].filter((name) => name !== undefined)
  const select = 'SELECT f.id, f.feature_name, f.category'
  const subjects = 'feature_rollup_subjects AS f'
  if (parts.isEver && status === undefined)
    return {
      sql: `${select}, f.calls AS calls FROM ${subjects} WHERE ${where.join(' AND ')} AND calls > 0`,
      values: names,
    }
  if (parts.isEver && status !== undefined)
    return {
      sql: `${select}, t.calls AS calls FROM feature_rollup_totals AS t JOIN ${subjects} ON f.id = t.subject_id
        WHERE t.status = ? AND ${where.join(' AND ')}`,
      values: [statusCode(status), ...names],
    }
  const sources = periodSources(question, parts, values)
  return {
    sql: `${select}, sum(p.calls) AS calls FROM (${sources}) AS p CROSS JOIN ${subjects} ON f.id = p.subject_id
      WHERE ${where.join(' AND ')} GROUP BY f.id`,
    values: [...values, ...names],
  }
}

/** The sums of days and hours of a period, as one table of subjects and calls. */
function periodSources({ status }: Question, parts: Parts, values: SqlValue[]): string {
  const also = status === undefined ? '' : ` AND status = ${statusCode(status)}`
  const source = (table: string, column: string, [from, to]: readonly [number, number]) => {
    values.push(from, to)
    return `SELECT subject_id, calls FROM ${table} WHERE ${column} >= ? AND ${column} < ?${also}`
  }
  return [
    source('feature_rollup_daily', 'day', parts.days),
    ...parts.hours.map((hours) => source('feature_rollup_hourly', 'hour', hours)),
  ].join(' UNION ALL ')
}
