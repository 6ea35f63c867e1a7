import { FEATURE_STATUSES, type FeatureStatus, timeText } from '../../../record/index.js'
import type { UsageStats } from '../../contract.js'
import type { Question } from '../filter.js'
import { settleEdges } from './edges.js'
import { Group } from './group.js'
import type { LatencyCount } from './histogram.js'
import { eachLooseRow, eachRowOf, frozenQuestion, partsOf, statusMask } from './parts.js'
import type { Snapshot } from './snapshot.js'
import type { Tally } from './tally.js'

/** What all calls of a question come to. */
export function usageStats(snapshot: Snapshot, question: Question): UsageStats {
  const { tally, users } = tallyOf(snapshot, question)
  return statsOf(tally, users)
}

/** How many calls of a question took how long. */
export function latencies(snapshot: Snapshot, question: Question): LatencyCount[] {
  return tallyOf(snapshot, question).tally.latencies()
}

/** A user's calls are asked of the rows: there are no sums of one user. */
export function tallyOf(snapshot: Snapshot, question: Question): Group {
  if (question.users !== undefined) return tallyOfUser(snapshot, question)
  const asked = frozenQuestion(snapshot, question)
  const subjects = snapshot.subjects(asked.featureName, asked.category)
  const parts = settleEdges(snapshot, subjects, statusMask(asked), partsOf(snapshot, asked))
  const group = new Group(snapshot, subjects, asked, parts)
  eachLooseRow(snapshot, asked, parts, (row, { micros }) => {
    group.addRow(row, micros)
  })
  return group
}

function tallyOfUser(snapshot: Snapshot, question: Question): Group {
  const group = new Group(snapshot, [], question, { ...partsOf(snapshot, question), isEver: false })
  eachRowOf(snapshot, question, (row, { micros }) => {
    group.addRow(row, micros)
  })
  return group
}

function statsOf(tally: Tally, users: number): UsageStats {
  const [p50, p95, p99] = tally.percentiles(0.5, 0.95, 0.99) as [number, number, number]
  return {
    totalCalls: tally.calls,
    successCount: countOf(tally, 'success'),
    failureCount: countOf(tally, 'failed'),
    partialCount: countOf(tally, 'partial'),
    timeoutCount: countOf(tally, 'timeout'),
    successRate: percent(countOf(tally, 'success'), tally.calls),
    avgDuration: mean(tally.durationSum, tally.calls),
    minDuration: tally.calls === 0 ? 0 : tally.durationMin,
    maxDuration: tally.calls === 0 ? 0 : tally.durationMax,
    p50Duration: p50,
    p95Duration: p95,
    p99Duration: p99,
    avgEfficiency: mean(tally.efficiencySum, tally.efficiencyCount),
    avgInputSize: mean(tally.inputSum, tally.inputCount),
    avgOutputSize: mean(tally.outputSum, tally.outputCount),
    avgIterations: mean(tally.iterationsSum, tally.calls),
    users,
    firstCall: textOf(tally.firstStart),
    lastCall: textOf(tally.lastStart),
  }
}

export function countOf(tally: Tally, status: FeatureStatus): number {
  return tally.byStatus[FEATURE_STATUSES.indexOf(status)] as number
}

export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100
}

export function mean(sum: number, count: number): number {
  return count === 0 ? 0 : sum / count
}

/** Null of no time, and of one that no text can say. */
export function textOf(micros: number): string | null {
  if (!Number.isFinite(micros)) return null
  try {
    return timeText(micros)
  } catch {
    return null
  }
}
