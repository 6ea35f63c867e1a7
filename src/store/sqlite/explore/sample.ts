import { FeatureStatus, type FeatureUsageRecord, normalizeTimeText, parseStatus } from '../../../record/index.js'
import type { RecentSummary, SizeSummary, TracedRecord, UserCalls } from '../../explore.js'
import type { Question } from '../filter.js'
import type { Statements } from '../rollup/statements.js'
import { recordFromRow, type Row } from '../rows.js'
import { COLUMNS } from '../schema.js'
import { errorGroups } from './error-groups.js'
import { withLinks } from './traces.js'

/** Calls that a summary looks at. */
const SAMPLE_CALLS = 1000

/** Calls without success that it looks at. */
const SAMPLE_ERRORS = 300

/** Calls of either kind that it lists. */
const LISTED_CALLS = 20

/** Users that it names. */
const MAX_USERS = 50

/** What a summary needs of a call: neither its metadata nor other long texts, which take most of the time to read. */
type SampledCall = Omit<FeatureUsageRecord, 'featureName' | 'category' | 'endTime' | 'metadata' | 'sessionId'> & {
  readonly rowid: number
}

const LEFT_OUT: ReadonlySet<string> = new Set(['category', 'end_time', 'metadata', 'session_id'])

/** For a SELECT, in the order of a row's columns; the row id stands in the place of the feature. */
const SAMPLED_COLUMNS = COLUMNS.map((column) => (LEFT_OUT.has(column) ? 'NULL' : column))
  .join(', ')
  .replace('feature_name', 'rowid')

/** @param row with `SAMPLED_COLUMNS` at the least */
function sampledCall(row: Row): SampledCall {
  const [
    recordId,
    rowid,
    ,
    status,
    duration,
    startTime,
    ,
    inputSize,
    outputSize,
    ,
    userId,
    ,
    errorMessage,
    score,
    iterations,
  ] = row
  return {
    rowid: Number(rowid),
    recordId,
    status: parseStatus(status) ?? 'failed',
    duration,
    startTime: normalizeTimeText(startTime),
    inputSize: inputSize ?? 0,
    outputSize: outputSize ?? 0,
    userId,
    errorMessage,
    efficiencyScore: score,
    iterations: iterations ?? 1,
  }
}

/** Gives the latest rows of a question; see `recentRows`. */
type Latest = (question: Question, limit: number, columns?: string) => Row[]

/** What the latest calls say, and the latest that did not succeed; the latest come first. */
export function recentSummary(statements: Statements, question: Question, latest: Latest): RecentSummary {
  const sample = (asked: Question, limit: number) => latest(asked, limit, SAMPLED_COLUMNS).map(sampledCall)
  const calls = sample(question, SAMPLE_CALLS)
  const errors = sample({ ...question, unsuccessful: true }, SAMPLE_ERRORS)
  return {
    calls: calls.length,
    efficiency: efficiencyOf(calls),
    inputSize: sizesOf(calls.map((call) => call.inputSize)),
    outputSize: sizesOf(calls.map((call) => call.outputSize)),
    users: usersOf(calls),
    errorCalls: errors.length,
    errors: errorGroups(errors),
    latest: wholeCalls(statements, calls.slice(0, LISTED_CALLS)),
    latestErrors: wholeCalls(statements, errors.slice(0, LISTED_CALLS)),
  }
}

const WHOLE_CALL = `SELECT ${COLUMNS.join(', ')} FROM feature_usage WHERE rowid = ?`

/** All that is known of some of the calls. */
function wholeCalls(statements: Statements, calls: readonly SampledCall[]): TracedRecord[] {
  const rows = calls.flatMap(({ rowid }) => statements.rows<Row>(WHOLE_CALL, rowid))
  return withLinks(statements, rows.map(recordFromRow))
}

/** The factors as `calculateEfficiency` has them. */
function efficiencyOf(calls: readonly SampledCall[]): RecentSummary['efficiency'] {
  const scored = calls.map((call) => call.efficiencyScore).filter((score) => score !== null)
  return {
    duration: mean(calls.map(({ duration }) => (duration <= 0 ? 1 : Math.min(1, 10 / duration)))),
    output: mean(calls.map(({ outputSize }) => Math.min(1, outputSize / 1000))),
    iterations: mean(calls.map(({ iterations }) => Math.min(1, 1 / Math.max(1, iterations)))),
    score: mean(scored),
  }
}

function sizesOf(sizes: readonly number[]): SizeSummary {
  const sorted = Float64Array.from(sizes).toSorted()
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { avg: mean(sizes), p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? 0 }
}

function usersOf(calls: readonly SampledCall[]): UserCalls[] {
  const users = new Map<string, UserCalls>()
  // The latest come first, so the first of a user is the last one's time.
  for (const { userId, status, startTime } of calls) {
    if (userId === null) continue
    const user = users.get(userId) ?? { userId, calls: 0, failures: 0, lastCall: startTime }
    user.calls++
    if (status !== FeatureStatus.SUCCESS) user.failures++
    users.set(userId, user)
  }
  return [...users.values()].toSorted((a, b) => b.calls - a.calls).slice(0, MAX_USERS)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
