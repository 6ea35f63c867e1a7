import { FEATURE_CATEGORIES, FEATURE_STATUSES } from '../../../record/index.js'
import type { RecordFilter, SeriesPoint } from '../../contract.js'
import type { GroupFigures, GroupsQuery } from '../../explore.js'
import type { Question } from '../filter.js'
import { series } from '../rollup/series.js'
import type { Snapshot } from '../rollup/snapshot.js'
import { usageStats } from '../rollup/stats.js'
import { topFeatures } from '../rollup/top.js'

/** Features that are looked at, by their number of calls. */
const MAX_FEATURES = 20

type Group = GroupFigures['group']

/**
 * The calls of groups, the largest first.
 * @param questionOf the question of a filter
 */
export function groupFigures(
  snapshot: Snapshot,
  { by, figure, limit, series: cut, ...filter }: GroupsQuery,
  questionOf: (filter: RecordFilter) => Question,
): GroupFigures[] {
  const ask = (also: RecordFilter): Question => ({
    ...questionOf({ ...filter, ...also }),
    leaveOutUsers: figure !== 'users',
  })
  const groups = groupsOf(by, filter, () => topFeatures(snapshot, questionOf(filter), MAX_FEATURES))
    .map((group) => ({ group, stats: usageStats(snapshot, ask(group)) }))
    .filter(({ stats }) => by !== 'category' || stats.totalCalls > 0)
    .toSorted((a, b) => b.stats[figure] - a.stats[figure])
    .slice(0, limit)
  const seriesOf = (group: Group): SeriesPoint[] =>
    cut === undefined
      ? []
      : series(snapshot, ask({ ...group, until: filter.until ?? cut.until }), {
          bucket: cut.bucket,
          timeZone: cut.timeZone,
          fill: cut.fill === true,
        })
  return groups.map(({ group, stats }) => ({ group, stats, series: seriesOf(group) }))
}

function groupsOf(
  by: GroupsQuery['by'],
  { category, status }: RecordFilter,
  features: () => readonly Required<Pick<RecordFilter, 'featureName' | 'category'>>[],
): Group[] {
  if (by === 'feature') return features().map((found) => ({ featureName: found.featureName, category: found.category }))
  if (by === 'category') return only(FEATURE_CATEGORIES, category).map((one) => ({ category: one }))
  if (by === 'status') return only(FEATURE_STATUSES, status).map((one) => ({ status: one }))
  return [{}]
}

function only<T>(all: readonly T[], asked: T | undefined): readonly T[] {
  return asked === undefined ? all : [asked]
}
