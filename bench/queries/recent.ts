import { join } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { FeatureTrackerDB, type RecordFilter } from '@cloudcurio/feature-tracking/store'
import { inTempFolder } from '../child.js'
import { preparedCopy } from '../data/file.js'
import { categoryOf, END, FIRST_DAY, featureName, LAST_USER, RAREST, textOf, userOf } from '../data/rows.js'
import { percentile } from '../measure.js'
import type { Options } from '../options.js'
import { atMost, type Result } from '../result.js'
import { timeRuns } from './answers.js'

const LIMIT = 100
const RUNS = 30
const SHOWN = 5

/** Seconds for one combination in the first round; the slowest are asked again. */
const FIRST_LOOK = 0.2

interface Choice {
  readonly label: string
  readonly filter: RecordFilter
}

const HOUR = 3_600_000
const MIDDLE = (FIRST_DAY + END) / 2

/** Each filter absent, and with values that many, few and no rows have. */
const GRID: readonly (readonly Choice[])[] = [
  [
    { label: 'common feature', filter: { featureName: featureName(0) } },
    { label: 'rare feature', filter: { featureName: featureName(RAREST) } },
    { label: 'unknown feature', filter: { featureName: 'never used' } },
  ],
  [
    { label: 'common category', filter: { category: categoryOf(0) } },
    { label: 'rare category', filter: { category: categoryOf(RAREST) } },
  ],
  [
    { label: 'common status', filter: { status: 'success' } },
    { label: 'rare status', filter: { status: 'timeout' } },
  ],
  [
    { label: 'common user', filter: { userId: userOf(0) } },
    { label: 'rare user', filter: { userId: userOf(LAST_USER) } },
    { label: 'unknown user', filter: { userId: 'nobody' } },
  ],
  [
    { label: 'last hour', filter: { since: END - HOUR } },
    { label: 'first half', filter: { until: MIDDLE } },
    { label: 'an hour in the middle', filter: { since: MIDDLE, until: MIDDLE + HOUR } },
    { label: 'before all rows', filter: { until: FIRST_DAY } },
  ],
]

const combinations = combine(GRID)

function combine([choices, ...others]: readonly (readonly Choice[])[]): Choice[] {
  if (choices === undefined) return [{ label: '', filter: {} }]
  const rest = combine(others)
  return [{ label: '', filter: {} }, ...choices].flatMap((choice) =>
    rest.map(({ label, filter }) => ({
      label: [choice.label, label].filter(Boolean).join(', '),
      filter: { ...choice.filter, ...filter },
    })),
  )
}

/** The newest records under every combination of filters: p95 of the slowest ones. */
export async function benchRecent({ budget }: Options, rows: number): Promise<Result[]> {
  return inTempFolder(async (folder) => {
    const { path } = await preparedCopy(rows, join(folder, 'recent.db'))
    const store = new FeatureTrackerDB(path)
    const ask = (filter: RecordFilter): Promise<unknown> => store.getRecords({ ...filter, limit: LIMIT })
    await ask({})
    const first: { choice: Choice; p95: number }[] = []
    for (const choice of combinations)
      first.push({ choice, p95: percentile(await timeRuns(() => ask(choice.filter), RUNS, FIRST_LOOK), 0.95) })
    const slowest = first.toSorted((a, b) => b.p95 - a.p95).slice(0, SHOWN)
    const again: Result[] = []
    for (const { choice } of slowest) {
      const times = await timeRuns(() => ask(choice.filter), RUNS, budget)
      again.push({
        name: `slow: ${choice.label === '' ? 'no filter' : choice.label}`,
        value: percentile(times, 0.95),
        unit: 'ms',
        note: `${times.length} runs`,
      })
    }
    const checked = await checkAnswers(store, path, 6 * budget)
    await store.close()
    const all = first.map(({ p95 }) => p95)
    return [
      {
        name: `slowest of ${combinations.length} combinations`,
        value: typeof checked === 'string' ? Number.NaN : Math.max(...again.map(({ value }) => value)),
        unit: 'ms',
        goals: [atMost(50, 'value')],
        grows: true,
        note:
          typeof checked === 'string' ? checked : `p95; answers of ${checked} combinations equal those of plain SQL`,
      },
      { name: 'the combination in the middle', value: percentile(all, 0.5), unit: 'ms', note: 'p95' },
      ...again,
    ]
  })
}

/** Ids under each combination against plain SQL, spread over the grid, for as long as there is time. */
async function checkAnswers(store: FeatureTrackerDB, path: string, seconds: number): Promise<number | string> {
  const sqlite = new BetterSqlite3(path, { readonly: true })
  try {
    return await compareIds(store, sqlite, seconds)
  } finally {
    sqlite.close()
  }
}

async function compareIds(store: FeatureTrackerDB, sqlite: Database, seconds: number): Promise<number | string> {
  const end = performance.now() + seconds * 1000
  let checked = 0
  for (; checked < combinations.length && performance.now() < end; checked++) {
    // 7 has no factor in common with the number of combinations, which is 4 × 3 × 3 × 4 × 5.
    const { label, filter } = combinations[(checked * 7) % combinations.length] as Choice
    const ours = (await store.getRecords({ ...filter, limit: LIMIT })).map(({ recordId }) => recordId)
    const theirs = plainIds(sqlite, filter)
    if (ours.join() !== theirs.join()) return `WRONG: ${label}: other records than plain SQL finds`
  }
  return checked
}

function plainIds(
  sqlite: Database,
  { featureName: name, category, status, userId, since, until }: RecordFilter,
): string[] {
  const text = (time: unknown): string | undefined => (time === undefined ? undefined : textOf((time as number) * 1000))
  const conditions = (
    [
      ['feature_name =', name],
      ['category =', category],
      ['status =', status],
      ['user_id =', userId],
      ['start_time >=', text(since)],
      ['start_time <', text(until)],
    ] as const
  ).filter(([, value]) => value !== undefined)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([left]) => `${left} ?`).join(' AND ')}`
  return sqlite
    .prepare<unknown[], string>(
      `SELECT id FROM feature_usage ${where} ORDER BY start_time DESC, id DESC LIMIT ${LIMIT}`,
    )
    .pluck()
    .all(...conditions.map(([, value]) => value))
}
