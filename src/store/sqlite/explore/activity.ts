import { parseTime } from '../../../record/index.js'
import type { ActivityQuery } from '../../explore.js'
import { storedCategory } from '../rollup/dictionary.js'
import { DAY_MICROS, HOUR_MICROS, InstantReader } from '../rollup/instant.js'
import { eachLooseRow, type Instant, rowsOnly } from '../rollup/parts.js'
import type { Snapshot } from '../rollup/snapshot.js'
import { RAW_COLUMNS, type RawRow } from '../rollup/tally.js'

/** Shorter times are counted call by call. */
const MAX_ROWS_MICROS = 3 * HOUR_MICROS

/** Longer times are counted by days. */
const MAX_HOURS = 24 * 7

/** Rows beyond the sums that are looked through. */
const MAX_TAIL_ROWS = 20_000

/** Calls of some features in equal parts of a time. */
export function activity(snapshot: Snapshot, query: ActivityQuery, nowMicros: number): number[][] {
  const until = query.until === undefined ? nowMicros : parseTime(query.until, 'until')
  const since = query.since === undefined ? firstMicros(snapshot, until) : parseTime(query.since, 'since')
  const width = Math.max(1, (until - since) / query.parts)
  const partOf = (micros: number) => Math.min(query.parts - 1, Math.max(0, Math.floor((micros - since) / width)))
  const counts = query.features.map(() => Array.from({ length: query.parts }, () => 0))
  const add = (feature: number, micros: number, calls: number) => {
    const parts = counts[feature] as number[]
    const part = partOf(micros)
    parts[part] = (parts[part] as number) + calls
  }
  if (since >= until) return counts
  if (until - since <= MAX_ROWS_MICROS) addRows(snapshot, query.features, since, until, add)
  else addSums(snapshot, query.features, since, until, add)
  return counts
}

type Features = ActivityQuery['features']
type Add = (feature: number, micros: number, calls: number) => void

function addRows(snapshot: Snapshot, features: Features, since: number, until: number, add: Add): void {
  const placeOf = placesOf(features)
  const question = { featureName: undefined, category: undefined, status: undefined, users: undefined, since, until }
  const take = ([name, category]: RawRow, { micros }: Instant) => {
    const feature = placeOf(name, category)
    if (feature !== undefined) add(feature, micros, 1)
  }
  eachLooseRow(snapshot, question, rowsOnly(snapshot, question), take, RAW_COLUMNS)
}

function addSums(snapshot: Snapshot, features: Features, since: number, until: number, add: Add): void {
  const subjects = features.map(({ featureName, category }) => snapshot.subjects(featureName, category))
  const callsOf = snapshot.hasFewSubjects ? callsOfAll(snapshot) : callsOfOne(snapshot)
  for (const { at, table, micros } of stretches(snapshot, since, until))
    for (const [feature, ids] of subjects.entries()) for (const id of ids) add(feature, micros, callsOf(table, at, id))
  for (const { feature, micros } of tail(snapshot, features))
    if (micros >= since && micros < until) add(feature, micros, 1)
}

/** Gives the place of a feature in a list. */
function placesOf(features: Features): (name: string, category: string) => number | undefined {
  const places = new Map(features.map(({ featureName, category }, index) => [`${category}\0${featureName}`, index]))
  return (name, category) => places.get(`${storedCategory(category)}\0${name}`)
}

interface Stretch {
  readonly table: 'daily' | 'hourly'
  readonly at: number
  /** Its middle. */
  readonly micros: number
}

/** The hours or days whose middle lies in the time. */
function* stretches(snapshot: Snapshot, since: number, until: number): Generator<Stretch> {
  const byHour = (until - since) / HOUR_MICROS <= MAX_HOURS
  const length = byHour ? HOUR_MICROS : DAY_MICROS
  const end = Math.min(until, snapshot.sumsBefore)
  const span = [Math.floor(since / length), Math.ceil(end / length)] as const
  const found = byHour ? snapshot.hours(span) : snapshot.days(span)
  for (const at of found) {
    const micros = Math.min(Math.max(at * length + length / 2, since), until - 1)
    yield { table: byHour ? 'hourly' : 'daily', at, micros }
  }
}

type CallsOf = (table: Stretch['table'], at: number, subject: number) => number

/** Of all features at once, which is kept for the next question. */
function callsOfAll(snapshot: Snapshot): CallsOf {
  return (table, at, subject) =>
    snapshot.callsOfSubject(table, at, subject).reduce((sum, [, , calls]) => sum + calls, 0)
}

/** Where there are many features, and few are asked for. */
function callsOfOne(snapshot: Snapshot): CallsOf {
  return (table, at, subject) => {
    const sum = `SELECT sum(calls) FROM feature_rollup_${table} WHERE ${table === 'daily' ? 'day' : 'hour'} = ?`
    return snapshot.statements.number(`${sum} AND subject_id = ?`, at, subject) ?? 0
  }
}

function firstMicros(snapshot: Snapshot, until: number): number {
  const day = snapshot.firstDay()
  if (day !== undefined && day * DAY_MICROS < until) return day * DAY_MICROS
  return until - DAY_MICROS
}

/** Rows that are not in the sums yet. */
function* tail(snapshot: Snapshot, features: Features): Generator<{ feature: number; micros: number }> {
  const placeOf = placesOf(features)
  const instant = new InstantReader()
  for (const [name, category, start] of snapshot.statements.rows<[string, string, string]>(
    'SELECT feature_name, category, start_time FROM feature_usage WHERE rowid > ? ORDER BY rowid DESC LIMIT ?',
    snapshot.watermark,
    MAX_TAIL_ROWS,
  )) {
    const feature = placeOf(name, category)
    if (feature === undefined) continue
    instant.read(start)
    yield { feature, micros: instant.micros }
  }
}
