import type { FeatureUsageRecord } from '../../record/index.js'
import type { ErrorGroup, UsageStats } from '../../store/index.js'
import type { Colors, CommandContext } from '../context.js'
import { durationText, grouped, localTime, NONE, percentText, scoreText, sizeText } from './format.js'
import { type LatencyBar, latencyLines } from './latency.js'
import { labelledLines } from './object.js'
import { paintStatus } from './paint.js'
import { visible } from './text.js'
import { measureFor } from './width.js'

/** What there is to tell about a feature. */
export interface Insight {
  readonly stats: UsageStats
  readonly latency: readonly LatencyBar[]
  readonly groups: readonly ErrorGroup[]
  /** The latest first. */
  readonly failures: readonly FeatureUsageRecord[]
}

const WITHOUT_MESSAGE = '(no message)'

/** Groups of failures that are shown. */
const SHOWN_GROUPS = 5

/** The figures of one feature, one a line, and below them how long calls took and what went wrong. */
export async function statsLines(
  featureName: string,
  conditions: string,
  { stats, latency, groups, failures }: Insight,
  { colors, width, zone }: CommandContext,
): Promise<Iterable<string>> {
  const measure = await measureFor(groups.map(({ example, fingerprint }) => visible(example + fingerprint)))
  const fit = (line: string) => (width === undefined ? line : measure.fit(line, width))
  return [
    `${colors.bold(visible(featureName))}${conditions === '' ? '' : ` (${conditions})`}\n\n`,
    ...callLines(stats, colors),
    '\n',
    ...figureLines(stats, zone),
    `\n${colors.bold('How long calls took')}\n`,
    ...latencyLines(latency),
    ...failureLines(stats, groups, failures, { colors, fit, zone }),
  ]
}

function figureLines(stats: UsageStats, zone: string | undefined): Iterable<string> {
  return labelledLines([
    ['Avg duration', durationText(stats.avgDuration)],
    ['  min', durationText(stats.minDuration)],
    ['  p50', durationText(stats.p50Duration)],
    ['  p95', durationText(stats.p95Duration)],
    ['  p99', durationText(stats.p99Duration)],
    ['  max', durationText(stats.maxDuration)],
    ['Avg efficiency', scoreText(stats.avgEfficiency)],
    ['Avg input size', sizeText(stats.avgInputSize)],
    ['Avg output size', sizeText(stats.avgOutputSize)],
    ['Avg iterations', stats.avgIterations.toFixed(1)],
    ['Users', grouped(stats.users)],
    ['First call', localTime(stats.firstCall, zone)],
    ['Last call', localTime(stats.lastCall, zone)],
  ])
}

interface Style {
  readonly colors: Colors
  readonly fit: (line: string) => string
  readonly zone: string | undefined
}

function* failureLines(
  stats: UsageStats,
  groups: readonly ErrorGroup[],
  failures: readonly FeatureUsageRecord[],
  { colors, fit, zone }: Style,
): Generator<string> {
  const all = stats.failureCount + stats.timeoutCount
  if (all === 0) return
  const found = groups.reduce((sum, { count }) => sum + count, 0)
  yield `\n${colors.bold('What went wrong')}${found < all ? ` (the latest ${grouped(found)} of ${grouped(all)}${found === 0 ? ': their records were removed, their statistics stay' : ''})` : ''}\n`
  const width = Math.max(...groups.map(({ count }) => grouped(count).length))
  for (const { count, status, pattern } of groups.slice(0, SHOWN_GROUPS))
    yield `${fit(`  ${grouped(count).padStart(width)}  ${status.padEnd(7)}  ${pattern === '' ? WITHOUT_MESSAGE : visible(pattern)}`)}\n`
  if (groups.length > SHOWN_GROUPS) yield `  and ${groups.length - SHOWN_GROUPS} other kinds\n`
  if (failures.length === 0) return
  yield `\n${colors.bold('Latest failures')}\n`
  for (const { startTime, status, duration, errorMessage } of failures)
    yield `${fit(`  ${localTime(startTime, zone)}  ${status.padEnd(7)}  ${durationText(duration).padStart(8)}  ${errorMessage === null ? NONE : visible(errorMessage)}`)}\n`
}

const LABEL_WIDTH = 17

function* callLines(stats: UsageStats, colors: Colors): Generator<string> {
  const total = grouped(stats.totalCalls)
  yield `${'Calls'.padEnd(LABEL_WIDTH)}${total}\n`
  const counts = [
    ['success', stats.successCount, stats.successRate],
    ['failed', stats.failureCount, share(stats.failureCount, stats.totalCalls)],
    ['partial', stats.partialCount, share(stats.partialCount, stats.totalCalls)],
    ['timeout', stats.timeoutCount, share(stats.timeoutCount, stats.totalCalls)],
  ] as const
  for (const [status, count, percent] of counts) {
    const line = `${`  ${status}`.padEnd(LABEL_WIDTH)}${grouped(count).padStart(total.length)}  ${percentText(percent).padStart(7)}`
    yield `${count === 0 ? line : paintStatus(line, status, colors)}\n`
  }
}

function share(part: number, whole: number): number {
  return (part / whole) * 100
}
