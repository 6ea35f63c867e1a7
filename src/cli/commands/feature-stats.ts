import { FeatureStatus, type FeatureUsageRecord, parseTimeText } from '../../record/index.js'
import type { FeatureStoreReader, RecordFilter, UsageStats } from '../../store/index.js'
import type { CommandContext } from '../context.js'
import { askDatabase } from '../database.js'
import { CliError } from '../errors.js'
import { conditionsText, filterOf, type FilterOptions, userHint } from '../filter.js'
import { latencyBars } from '../output/latency.js'
import { printData } from '../output/print.js'
import { recordRow, statsRow } from '../output/rows.js'
import type { Insight } from '../output/stats.js'
import { write } from '../output/write.js'
import { closeNames, didYouMean } from '../suggest.js'

export type FeatureStatsOptions = Omit<FilterOptions, 'feature' | 'status'>

/** Names among which to look for what may have been meant. */
const MAX_NAMES = 1000

/** The latest failures that are grouped. */
const MAX_FAILURES = 300

/** Of these, so many are shown one by one. */
const SHOWN_FAILURES = 5

/** @throws CliError `no_such_feature` when there are no such calls */
export async function featureStats(
  context: CommandContext,
  featureName: string,
  options: FeatureStatsOptions,
): Promise<void> {
  const filter = { ...filterOf(context, options), featureName }
  const insight = await askDatabase(context.database, async (reader) => {
    const stats = await reader.getUsageStats(filter)
    if (stats.totalCalls === 0) throw await noCalls(reader, context, featureName, options)
    return { stats, ...(await closer(context, reader, filter, stats)) }
  })
  return print(context, featureName, options, insight)
}

async function closer(
  context: CommandContext,
  reader: FeatureStoreReader,
  filter: RecordFilter,
  stats: UsageStats,
): Promise<Omit<Insight, 'stats'>> {
  const { DetailsReader, errorGroups } = await import('../../store/reading/index.js')
  const details = new DetailsReader(context.database.path)
  try {
    const failures = await latestFailures(reader, filter, stats)
    return { latency: latencyBars(details.latencies(filter)), groups: errorGroups(failures), failures }
  } finally {
    details.close()
  }
}

async function latestFailures(
  reader: FeatureStoreReader,
  filter: RecordFilter,
  { failureCount, timeoutCount }: UsageStats,
): Promise<FeatureUsageRecord[]> {
  const kinds = [
    { status: FeatureStatus.FAILED, count: failureCount },
    { status: FeatureStatus.TIMEOUT, count: timeoutCount },
  ].toSorted((a, b) => b.count - a.count)
  let [found, { since }]: [FeatureUsageRecord[], RecordFilter] = [[], filter]
  for (const { status, count } of kinds) {
    if (count === 0) continue
    const these = await reader.getRecords({ ...filter, since, status, limit: MAX_FAILURES })
    found = [...found, ...these].toSorted((a, b) => (a.startTime < b.startTime ? 1 : -1)).slice(0, MAX_FAILURES)
    // What is rarer would be looked for a long time: only what is later than these is wanted.
    const earliest = found.length < MAX_FAILURES ? undefined : parseTimeText(found.at(-1)?.startTime ?? '')
    if (earliest !== undefined) since = new Date(Math.floor(earliest / 1000))
  }
  return found
}

async function print(
  context: CommandContext,
  name: string,
  options: FeatureStatsOptions,
  insight: Insight,
): Promise<void> {
  const row = {
    ...statsRow(name, options.category ?? null, insight.stats),
    latency: insight.latency.map(({ upTo, calls }) => ({ up_to: upTo, calls })),
    error_groups: insight.groups.map((group) => ({
      fingerprint: group.fingerprint,
      pattern: group.pattern,
      status: group.status,
      count: group.count,
      users: group.users,
      first_seen: group.firstSeen,
      last_seen: group.lastSeen,
      example: group.example,
      example_record_id: group.exampleRecordId,
    })),
    recent_failures: insight.failures.slice(0, SHOWN_FAILURES).map(recordRow),
  }
  if (context.mode === 'csv') return printData(context, Object.keys(row), [row], (same) => same)
  if (context.mode === 'json') {
    const { jsonObject } = await import('../output/json.js')
    return write(context.io.stdout, [jsonObject(row)])
  }
  const { statsLines } = await import('../output/stats.js')
  const shown = { ...insight, failures: insight.failures.slice(0, SHOWN_FAILURES) }
  return write(context.io.stdout, await statsLines(name, conditionsText(context, options), shown, context))
}

async function noCalls(
  reader: FeatureStoreReader,
  context: CommandContext,
  featureName: string,
  options: FeatureStatsOptions,
): Promise<CliError> {
  const { path } = context.database
  const subject = `feature ${JSON.stringify(featureName)} has no calls`
  const anywhere = await reader.getTopFeatures({ featureName })
  if (anywhere.length > 0) return noneOfThese(context, subject, anywhere, options)
  const names = (await reader.getTopFeatures({ limit: MAX_NAMES })).map((feature) => feature.featureName)
  if (names.length === 0) return new CliError('no_such_feature', `${subject}: nothing has been tracked in ${path} yet`)
  const hint = didYouMean(closeNames(featureName, names)) ?? 'feature-tracking list-features shows what there is'
  return new CliError('no_such_feature', `${subject} in ${path}`, hint)
}

/** There are calls, of another category or time, or by others. */
function noneOfThese(
  context: CommandContext,
  subject: string,
  anywhere: readonly { category: string; lastCall: string | null; usageCount: number }[],
  { category, ...rest }: FeatureStatsOptions,
): CliError {
  const { path } = context.database
  const others = conditionsText(context, rest)
  const inCategory = anywhere.filter((one) => category === undefined || one.category === category)
  if (inCategory.length === 0)
    return new CliError(
      'no_such_feature',
      `${subject} under category ${category} in ${path}`,
      `its calls are under ${anywhere.map((one) => one.category).join(', ')}`,
    )
  const calls = inCategory.reduce((sum, { usageCount }) => sum + usageCount, 0)
  const last = inCategory
    .map(({ lastCall }) => lastCall ?? '')
    .toSorted()
    .at(-1)
  return new CliError(
    'no_such_feature',
    `${subject} in ${path} with ${others}`,
    `it has ${calls} in all, the last one at ${last}${userHint(rest.user)}`,
  )
}
