import type { UsageStats } from '../../store/index.js'
import type { Colors } from '../context.js'
import { durationText, grouped, localTime, percentText, scoreText, sizeText } from './format.js'
import { paintStatus } from './paint.js'
import { visible } from './text.js'

/** The figures of one feature, one a line. */
export function* statsLines(
  featureName: string,
  category: string | undefined,
  stats: UsageStats,
  colors: Colors,
): Generator<string> {
  yield `${colors.bold(visible(featureName))}${category === undefined ? '' : ` (${category})`}\n\n`
  yield* callLines(stats, colors)
  yield '\n'
  yield* labelled([
    ['Avg duration', durationText(stats.avgDuration)],
    ['  min', durationText(stats.minDuration)],
    ['  p50', durationText(stats.p50Duration)],
    ['  p95', durationText(stats.p95Duration)],
    ['  max', durationText(stats.maxDuration)],
    ['Avg efficiency', scoreText(stats.avgEfficiency)],
    ['Avg input size', sizeText(stats.avgInputSize)],
    ['Avg output size', sizeText(stats.avgOutputSize)],
    ['Users', grouped(stats.users)],
    ['First call', localTime(stats.firstCall)],
    ['Last call', localTime(stats.lastCall)],
  ])
}

const LABEL_WIDTH = 17

function* labelled(lines: readonly (readonly [label: string, value: string])[]): Generator<string> {
  for (const [label, value] of lines) yield `${label.padEnd(LABEL_WIDTH)}${value}\n`
}

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
