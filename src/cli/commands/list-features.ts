import type { FeatureSummary } from '../../store/index.js'
import type { CommandContext } from '../context.js'
import { askDatabase } from '../database.js'
import { conditionsText, filterOf, type FilterOptions, userHint } from '../filter.js'
import { briefLocalTime, durationText, grouped, localTime, percentText, scoreText } from '../output/format.js'
import { paintSuccessRate } from '../output/paint.js'
import { printData, printLine, printTable } from '../output/print.js'
import { FEATURE_KEYS, featureRow } from '../output/rows.js'
import { sparkline } from '../output/sparkline.js'
import type { Column } from '../output/table.js'
import { visible } from '../output/text.js'
import { changeOf, changeText, periodOf, type Trend, trendOf } from '../trend.js'

export interface ListFeaturesOptions extends FilterOptions {
  limit: number
}

interface Listed {
  readonly feature: FeatureSummary
  readonly trend: Trend
}

/** The most used features; one row for each category that a feature was called under. */
export async function listFeatures(context: CommandContext, options: ListFeaturesOptions): Promise<void> {
  const { limit } = options
  const filter = filterOf(context, options)
  const period = periodOf(filter, context.io.now())
  const { listed, hasMore, isEmpty } = await askDatabase(context.database, async (reader) => {
    // One more than wanted tells whether there are more.
    const found = await reader.getTopFeatures({ ...filter, limit: limit + 1 })
    const trends: Listed[] = []
    for (const feature of found.slice(0, limit))
      trends.push({ feature, trend: await trendOf(reader, feature, filter, period) })
    const nothing = found.length === 0 && (await reader.getTopFeatures({ limit: 1 })).length === 0
    return { listed: trends, hasMore: found.length > limit, isEmpty: nothing }
  })
  if (context.mode !== 'table') return printData(context, KEYS, listed, listedRow)
  if (listed.length === 0) return printLine(context, isEmpty ? nothingTracked(context) : noMatch(context, options))
  return printTable(context, columns(context), listed, hasMore ? 'There are more features: see --limit.' : undefined)
}

export function nothingTracked({ database }: CommandContext): string {
  return `Nothing has been tracked in ${visible(database.path)} yet.`
}

function noMatch(context: CommandContext, options: FilterOptions): string {
  const path = visible(context.database.path)
  return `No calls in ${path} match: ${conditionsText(context, options)}${userHint(options.user)}`
}

const KEYS = [...FEATURE_KEYS, 'period_calls', 'previous_calls', 'change', 'period_parts'] as const

function listedRow({ feature, trend }: Listed): Record<(typeof KEYS)[number], unknown> {
  return {
    ...featureRow(feature),
    period_calls: trend.calls,
    previous_calls: trend.before,
    change: changeOf(trend),
    period_parts: trend.parts,
  }
}

function columns({ io, zone }: CommandContext): Column<Listed>[] {
  const now = io.now()
  return [
    { header: 'Feature', text: ({ feature }) => visible(feature.featureName), cut: { comfortable: 24, least: 10 } },
    { header: 'Category', text: ({ feature }) => feature.category, cut: { comfortable: 18, least: 8 }, leaveOut: 4 },
    { header: 'Calls', align: 'right', text: ({ feature }) => grouped(feature.usageCount) },
    { header: 'Users', align: 'right', text: ({ feature }) => grouped(feature.users), leaveOut: 2 },
    {
      header: 'Success',
      align: 'right',
      text: ({ feature }) => percentText(feature.successRate),
      paint: (text, { feature }, colors) => paintSuccessRate(text, feature.successRate, colors),
    },
    { header: 'p50', align: 'right', text: ({ feature }) => durationText(feature.p50Duration), leaveOut: 6 },
    { header: 'p95', align: 'right', text: ({ feature }) => durationText(feature.p95Duration), leaveOut: 7 },
    {
      header: 'Efficiency',
      align: 'right',
      text: ({ feature }) => scoreText(feature.avgEfficiency),
      short: { header: 'Eff.' },
      leaveOut: 1,
    },
    { header: 'Trend', align: 'right', text: ({ trend }) => changeText(trend), leaveOut: 8 },
    {
      header: 'Calls over time',
      text: ({ trend }) => sparkline(trend.parts),
      short: { header: 'Over time' },
      leaveOut: 5,
    },
    {
      header: 'Last call',
      text: ({ feature }) => localTime(feature.lastCall, zone),
      short: { text: ({ feature }) => briefLocalTime(feature.lastCall, now, zone) },
      leaveOut: 3,
    },
  ]
}
