import type { FeatureSummary } from '../../store/index.js'
import type { CommandContext } from '../context.js'
import { askDatabase } from '../database.js'
import { briefLocalTime, durationText, grouped, localTime, percentText, scoreText } from '../output/format.js'
import { paintSuccessRate } from '../output/paint.js'
import { printData, printLine, printTable } from '../output/print.js'
import { FEATURE_KEYS, featureRow } from '../output/rows.js'
import type { Column } from '../output/table.js'
import { visible } from '../output/text.js'

/** The most used features; one row for each category that a feature was called under. */
export async function listFeatures(context: CommandContext, { limit }: { limit: number }): Promise<void> {
  // One more than wanted tells whether there are more.
  const found = await askDatabase(context.database, (reader) => reader.getTopFeatures({ limit: limit + 1 }))
  const features = found.slice(0, limit)
  if (context.mode !== 'table') return printData(context, FEATURE_KEYS, features, featureRow)
  if (features.length === 0) return printLine(context, nothingTracked(context))
  const more = found.length > limit ? 'There are more features: see --limit.' : undefined
  return printTable(context, columns(context.io.now()), features, more)
}

export function nothingTracked({ database }: CommandContext): string {
  return `Nothing has been tracked in ${visible(database.path)} yet.`
}

function columns(now: number): Column<FeatureSummary>[] {
  return [
    { header: 'Feature', text: (row) => visible(row.featureName), cut: { comfortable: 24, least: 10 } },
    { header: 'Category', text: (row) => row.category, cut: { comfortable: 18, least: 8 }, leaveOut: 4 },
    { header: 'Calls', align: 'right', text: (row) => grouped(row.usageCount) },
    { header: 'Users', align: 'right', text: (row) => grouped(row.users), leaveOut: 2 },
    {
      header: 'Success',
      align: 'right',
      text: (row) => percentText(row.successRate),
      paint: (text, row, colors) => paintSuccessRate(text, row.successRate, colors),
    },
    {
      header: 'Avg duration',
      align: 'right',
      text: (row) => durationText(row.avgDuration),
      short: { header: 'Avg' },
      leaveOut: 5,
    },
    {
      header: 'Avg efficiency',
      align: 'right',
      text: (row) => scoreText(row.avgEfficiency),
      short: { header: 'Eff.' },
      leaveOut: 1,
    },
    {
      header: 'Last call',
      text: (row) => localTime(row.lastCall),
      short: { text: (row) => briefLocalTime(row.lastCall, now) },
      leaveOut: 3,
    },
  ]
}
