import type { FeatureCategory } from '../../record/index.js'
import type { FeatureStoreReader, UsageStats } from '../../store/index.js'
import type { CommandContext } from '../context.js'
import { askDatabase } from '../database.js'
import { CliError } from '../errors.js'
import { printData } from '../output/print.js'
import { statsRow } from '../output/rows.js'
import { write } from '../output/write.js'
import { closeNames, didYouMean } from '../suggest.js'

export interface FeatureStatsOptions {
  category?: FeatureCategory
}

/** Names among which to look for what may have been meant. */
const MAX_NAMES = 1000

/** @throws CliError `no_such_feature` when there are no such calls */
export async function featureStats(
  context: CommandContext,
  featureName: string,
  { category }: FeatureStatsOptions,
): Promise<void> {
  const stats = await askDatabase(context.database, async (reader) => {
    const found = await reader.getUsageStats({ featureName, category })
    if (found.totalCalls === 0) throw await noCalls(reader, context, featureName, category)
    return found
  })
  return print(context, featureName, category, stats)
}

async function print(
  context: CommandContext,
  name: string,
  category: string | undefined,
  stats: UsageStats,
): Promise<void> {
  const row = statsRow(name, category ?? null, stats)
  if (context.mode === 'csv') return printData(context, Object.keys(row), [row], (same) => same)
  if (context.mode === 'json') {
    const { jsonObject } = await import('../output/json.js')
    return write(context.io.stdout, [jsonObject(row)])
  }
  const { statsLines } = await import('../output/stats.js')
  return write(context.io.stdout, statsLines(name, category, stats, context.colors))
}

async function noCalls(
  reader: FeatureStoreReader,
  { database }: CommandContext,
  featureName: string,
  category: string | undefined,
): Promise<CliError> {
  const subject = `feature ${JSON.stringify(featureName)} has no calls`
  const elsewhere = category === undefined ? [] : await reader.getTopFeatures({ featureName })
  if (elsewhere.length > 0) {
    const hint = `its calls are under ${elsewhere.map((feature) => feature.category).join(', ')}`
    return new CliError('no_such_feature', `${subject} under category ${category} in ${database.path}`, hint)
  }
  const names = (await reader.getTopFeatures({ limit: MAX_NAMES })).map((feature) => feature.featureName)
  if (names.length === 0)
    return new CliError('no_such_feature', `${subject}: nothing has been tracked in ${database.path} yet`)
  const hint = didYouMean(closeNames(featureName, names)) ?? 'feature-tracking list-features shows what there is'
  return new CliError('no_such_feature', `${subject} in ${database.path}`, hint)
}
