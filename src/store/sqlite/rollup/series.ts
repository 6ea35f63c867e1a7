import type { SeriesBucket, SeriesPoint } from '../../contract.js'
import type { Question } from '../filter.js'
import { HOUR_MICROS, HOURS_PER_DAY } from './instant.js'
import { eachLooseRow, eachRowOf, frozenQuestion, partsOf, statusMask } from './parts.js'
import type { Snapshot } from './snapshot.js'
import { countOf, mean, percent, textOf } from './stats.js'
import { type RawRow, Tally } from './tally.js'
import { eachHourOfUsers, UserSet } from './users.js'

interface Bucket {
  readonly tally: Tally
  readonly users: UserSet
}

/** The calls of a question by hours or days of UTC; those without calls are left out. */
export function series(snapshot: Snapshot, question: Question, bucket: SeriesBucket): SeriesPoint[] {
  const hours = bucket === 'hour' ? 1 : HOURS_PER_DAY
  const buckets = new Map<number, Bucket>()
  const at = (hour: number): Bucket => {
    const number = Math.floor(hour / hours)
    let found = buckets.get(number)
    if (found === undefined) buckets.set(number, (found = { tally: new Tally(), users: new UserSet() }))
    return found
  }
  const addRow = (row: RawRow, { hour, micros }: { hour: number; micros: number }) => {
    if (Number.isNaN(hour)) return
    const { tally, users } = at(hour)
    tally.addRow(row, micros)
    if (row[7] !== null) users.addText(snapshot, row[7])
  }
  if (question.users !== undefined) eachRowOf(snapshot, question, addRow)
  else addSums(snapshot, frozenQuestion(snapshot, question), bucket, at, addRow)
  return [...buckets]
    .toSorted(([a], [b]) => a - b)
    .map(([number, found]) => pointOf(number * hours * HOUR_MICROS, found))
}

function addSums(
  snapshot: Snapshot,
  question: Question,
  bucket: SeriesBucket,
  at: (hour: number) => Bucket,
  addRow: (row: RawRow, instant: { hour: number; micros: number }) => void,
): void {
  const parts = { ...partsOf(snapshot, question, bucket === 'hour'), isEver: false }
  const subjects = snapshot.subjects(question.featureName, question.category)
  const statuses = statusMask(question)
  const wanted = (status: number) => ((statuses >>> status) & 1) === 1
  for (const subject of subjects) {
    for (const day of snapshot.days(parts.days))
      for (const row of snapshot.sumsOfDay(day, subject)) if (wanted(row[0])) at(day * HOURS_PER_DAY).tally.addSums(row)
    for (const span of parts.hours)
      for (const hour of snapshot.hours(span))
        for (const row of snapshot.sumsOfHour(hour, subject)) if (wanted(row[0])) at(hour).tally.addSums(row)
  }
  eachHourOfUsers(snapshot, subjects, statuses, parts.whole, (id, mask, day) => {
    if (bucket === 'day') at(day * HOURS_PER_DAY).users.add(id)
    else
      for (let hour = 0; hour < HOURS_PER_DAY; hour++)
        if (((mask >>> hour) & 1) === 1) at(day * HOURS_PER_DAY + hour).users.add(id)
  })
  eachLooseRow(snapshot, question, parts, addRow)
}

function pointOf(start: number, { tally, users }: Bucket): SeriesPoint {
  const [p50, p95, p99] = tally.percentiles(0.5, 0.95, 0.99) as [number, number, number]
  return {
    start: textOf(start) ?? '',
    totalCalls: tally.calls,
    successCount: countOf(tally, 'success'),
    failureCount: countOf(tally, 'failed'),
    partialCount: countOf(tally, 'partial'),
    timeoutCount: countOf(tally, 'timeout'),
    successRate: percent(countOf(tally, 'success'), tally.calls),
    avgDuration: mean(tally.durationSum, tally.calls),
    p50Duration: p50,
    p95Duration: p95,
    p99Duration: p99,
    avgEfficiency: mean(tally.efficiencySum, tally.efficiencyCount),
    users: users.size,
  }
}
