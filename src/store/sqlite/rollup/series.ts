import type { SeriesBucket, SeriesPoint } from '../../contract.js'
import type { Question } from '../filter.js'
import { ALL_HOURS, daysOfHours } from './day-hours.js'
import { settleEdges } from './edges.js'
import { HOUR_MICROS, HOURS_PER_DAY } from './instant.js'
import { eachLooseRow, eachRowOf, frozenQuestion, type Parts, partsOf, rowsOnly, statusMask } from './parts.js'
import type { Span } from './period.js'
import type { Snapshot } from './snapshot.js'
import { countOf, mean, percent, textOf } from './stats.js'
import { type RawRow, type SumRow, Tally } from './tally.js'
import { statusCode } from './status.js'
import { UserSet } from './users.js'
import { daysOf, UTC_DAYS } from './zone.js'

interface Bucket {
  readonly tally: Tally
  readonly users: UserSet
}

/** How the calls of a question are cut into pieces of time. */
export interface Cut {
  readonly bucket: SeriesBucket
  readonly timeZone: string | undefined
  readonly fill: boolean
}

const MINUTE_MICROS = 60_000_000

/** Buckets without calls are filled in up to this number. */
const MAX_FILLED = 5000

/** The calls of a question by minutes or hours, or by days of a time zone. */
export function series(snapshot: Snapshot, question: Question, cut: Cut): SeriesPoint[] {
  const grid = gridOf(cut)
  const buckets = new Map<number, Bucket>()
  const at = (hour: number): Bucket => bucketAt(buckets, grid.bucketOf(hour))
  const addRow = (row: RawRow, { hour, micros }: { hour: number; micros: number }) => {
    if (Number.isNaN(hour)) return
    const { tally, users } = cut.bucket === 'minute' ? bucketAt(buckets, Math.floor(micros / MINUTE_MICROS)) : at(hour)
    if (question.callsOnly === true) tally.addCalls(statusCode(row[2]), 1)
    else tally.addRow(row, micros)
    if (row[7] !== null && question.leaveOutUsers !== true) users.addText(snapshot, row[7])
  }
  if (question.users !== undefined) eachRowOf(snapshot, question, addRow)
  else if (cut.bucket === 'minute') eachLooseRow(snapshot, question, rowsOnly(snapshot, question), addRow)
  else addSums(snapshot, frozenQuestion(snapshot, question), grid, at, addRow)
  if (cut.fill) fillGaps(buckets, grid, question, cut.bucket === 'minute')
  return [...buckets].toSorted(([a], [b]) => a - b).map(([number, found]) => pointOf(grid.startOf(number), found))
}

interface Grid {
  /** The bucket of an hour of UTC. */
  readonly bucketOf: (hour: number) => number
  /** Microseconds. */
  readonly startOf: (bucket: number) => number
  /** Whether a bucket is a day of UTC, for which there are sums. */
  readonly isUtcDay: boolean
}

function gridOf({ bucket, timeZone }: Cut): Grid {
  const isUtc = timeZone === undefined || timeZone === 'UTC'
  const days = isUtc ? UTC_DAYS : daysOf(timeZone)
  // Minutes are looked up by hour only where there are sums, which know of none.
  if (bucket === 'minute')
    return { bucketOf: (hour) => hour * 60, startOf: (minute) => minute * MINUTE_MICROS, isUtcDay: false }
  if (bucket === 'hour') return { bucketOf: (hour) => hour, startOf: (hour) => hour * HOUR_MICROS, isUtcDay: false }
  return { bucketOf: days.dayOf, startOf: days.startOf, isUtcDay: isUtc }
}

function bucketAt(buckets: Map<number, Bucket>, number: number): Bucket {
  let found = buckets.get(number)
  if (found === undefined) buckets.set(number, (found = { tally: new Tally(), users: new UserSet() }))
  return found
}

/** From the begin of the question or the first call to its end or the last call, unless that is too long. */
function fillGaps(buckets: Map<number, Bucket>, grid: Grid, { since, until }: Question, isByMinute: boolean): void {
  const bucketOf = (micros: number) =>
    isByMinute ? Math.floor(micros / MINUTE_MICROS) : grid.bucketOf(Math.floor(micros / HOUR_MICROS))
  const known = [...buckets.keys()]
  const first = since === -Infinity ? Math.min(...known) : bucketOf(since)
  const last = until === Infinity ? Math.max(...known) : bucketOf(until - 1)
  if (!(last - first < MAX_FILLED)) return
  for (let number = first; number <= last; number++) bucketAt(buckets, number)
}

function addSums(
  snapshot: Snapshot,
  question: Question,
  grid: Grid,
  at: (hour: number) => Bucket,
  addRow: (row: RawRow, instant: { hour: number; micros: number }) => void,
): void {
  const subjects = snapshot.subjects(question.featureName, question.category)
  const statuses = statusMask(question)
  const all = { ...partsOf(snapshot, question, !grid.isUtcDay), isEver: false }
  const parts = settleEdges(snapshot, subjects, statuses, all)
  const wanted = (status: number) => ((statuses >>> status) & 1) === 1
  const tallyOf = (hour: number, status: number) => (wanted(status) ? at(hour).tally : undefined)
  const bucketsOf = hoursByBucket(grid)
  if (question.callsOnly === true && snapshot.hasFewSubjects) addCallsOf(snapshot, subjects, parts, tallyOf)
  else
    eachSum(snapshot, subjects, parts, bucketsOf, (hour, row) => {
      if (question.callsOnly === true) tallyOf(hour, row[0])?.addCalls(row[0], row[1])
      else tallyOf(hour, row[0])?.addSums(row)
    })
  if (question.leaveOutUsers !== true) addUsers(snapshot, subjects, statuses, parts.whole, bucketsOf, at)
  eachLooseRow(snapshot, question, parts, addRow)
}

function eachSum(
  snapshot: Snapshot,
  subjects: readonly number[],
  parts: Parts,
  bucketsOf: BucketsOf,
  take: (hour: number, row: SumRow) => void,
): void {
  for (const subject of subjects) {
    for (const day of snapshot.days(parts.days))
      for (const row of snapshot.sumsOfDay(day, subject)) take(day * HOURS_PER_DAY, row)
    for (const span of parts.hours)
      for (const [day, wanted] of daysOfHours(snapshot, span))
        for (const { hour, mask } of bucketsOf(day))
          if ((mask & wanted) !== 0)
            for (const row of snapshot.sumsOfHours(day, subject, mask & wanted)) take(hour, row)
  }
}

/** Gives where sums of an hour, or of the day that begins with it, are to be added. */
type TallyOf = (hour: number, status: number) => Tally | undefined

/** Adds calls alone, which are read of all features at once: a list asks for one after the other. */
function addCallsOf(snapshot: Snapshot, subjects: readonly number[], parts: Parts, tallyOf: TallyOf): void {
  const add = (table: 'daily' | 'hourly', at: number, hour: number) => {
    for (const subject of subjects)
      for (const [, status, calls] of snapshot.callsOfSubject(table, at, subject))
        tallyOf(hour, status)?.addCalls(status, calls)
  }
  for (const day of snapshot.days(parts.days)) add('daily', day, day * HOURS_PER_DAY)
  for (const span of parts.hours) for (const hour of snapshot.hours(span)) add('hourly', hour, hour)
}

/** A bucket's hours of a day, as bits. */
interface HoursOfDay {
  mask: number
  /** One of them. */
  readonly hour: number
}

type BucketsOf = (day: number) => readonly HoursOfDay[]

function hoursByBucket(grid: Grid): BucketsOf {
  if (grid.isUtcDay) return (day) => [{ hour: day * HOURS_PER_DAY, mask: ALL_HOURS }]
  return (day) => {
    const found = new Map<number, HoursOfDay>()
    for (let hour = day * HOURS_PER_DAY; hour < (day + 1) * HOURS_PER_DAY; hour++) {
      const number = grid.bucketOf(hour)
      const hours = found.get(number) ?? { hour, mask: 0 }
      hours.mask |= 1 << (hour - day * HOURS_PER_DAY)
      found.set(number, hours)
    }
    return [...found.values()]
  }
}

function addUsers(
  snapshot: Snapshot,
  subjects: readonly number[],
  statuses: number,
  span: Span,
  bucketsOf: BucketsOf,
  at: (hour: number) => Bucket,
): void {
  for (const [day, wanted] of daysOfHours(snapshot, span)) {
    const buckets = bucketsOf(day)
    const masks = buckets.map(({ mask }) => mask & wanted)
    for (const subject of subjects)
      for (const [index, users] of snapshot.usersOfParts(day, subject, statuses, masks).entries())
        // No bucket is made where there is nobody.
        if (users.size > 0) at((buckets[index] as HoursOfDay).hour).users.addBits(users)
  }
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
    avgInputSize: mean(tally.inputSum, tally.inputCount),
    avgOutputSize: mean(tally.outputSum, tally.outputCount),
    users: users.size,
  }
}
