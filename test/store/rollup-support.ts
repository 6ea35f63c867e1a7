import BetterSqlite3, { type Database } from 'better-sqlite3'
import fc from 'fast-check'
import { expect } from 'vitest'
import { FEATURE_CATEGORIES, FEATURE_STATUSES, localTimeText, timeText } from '../../src/record/index.js'
import type { RecordFilter } from '../../src/store/index.js'
import { ReaderConnection } from '../../src/store/sqlite/reader-connection.js'
import { ROW_WIDTH, type SqlValue } from '../../src/store/sqlite/rows.js'
import { COLUMNS } from '../../src/store/sqlite/schema.js'
import { expectClose } from './close.js'
import { SqlOracle } from './sql-oracle.js'

/** The first of the days that rows are from. */
export const FIRST = Date.UTC(2026, 0, 1) * 1000
export const HOUR = 3_600_000_000
export const DAY = 24 * HOUR

/** Numbers from 0 to 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed * 2 + 1
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0
    return ((state ^ (state >>> 14)) >>> 0) / 4294967296
  }
}

const NAMES = ['search', 'export', 'größe ✓', "it's", 'rare'] as const
const USERS = ['ada', 'grace', 'zoë', 'linus', null] as const
let made = 0

/** Rows as the writer takes them: most in the order of time, some late, some from the future. */
export function someRows(count: number, next: () => number, days = 4): SqlValue[] {
  const values: SqlValue[] = []
  const from = FIRST + Math.floor(next() * days * DAY)
  for (let index = 0; index < count; index++) {
    const start = Math.floor(next() < 0.1 ? FIRST + next() * days * DAY : from + index * 1e6 * (1 + next()))
    values.push(...oneRow(timeText(next() < 0.005 ? start + 4000 * DAY : start), next))
  }
  return values
}

function oneRow(start: string, next: () => number): SqlValue[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() ** 2 * list.length)] as T
  return [
    `id-${Math.floor(next() * 1e6)}-${made++}`,
    pick(NAMES),
    pick(FEATURE_CATEGORIES.slice(0, 4)),
    pick(FEATURE_STATUSES),
    next() < 0.1 ? 0 : Math.exp(next() * 20 - 10),
    start,
    start,
    Math.floor(next() * 1000),
    Math.floor(next() * 3000),
    '{}',
    pick(USERS),
    's',
    null,
    next() < 0.1 ? null : next(),
    Math.floor(next() * 4) + 1,
    null,
  ]
}

/** Rows as others may write them: local times, other offsets, texts that are no time, unknown words, and nothing. */
export function theirRows(count: number, next: () => number): SqlValue[] {
  const values = someRows(count, next)
  for (let at = 0; at < values.length; at += ROW_WIDTH) {
    const micros = FIRST + Math.floor(next() * 4 * DAY)
    const start = [
      localTimeText(micros),
      `${timeText(micros + 2 * HOUR).slice(0, 26)}+02:00`,
      'long ago',
      '',
      timeText(micros),
    ][Math.floor(next() * 40)]
    values[at + 5] = start ?? localTimeText(micros)
    if (next() < 0.1) values[at + 2] = ['agent_platform', 'of their own', 'SYSMON'][Math.floor(next() * 3)] as string
    if (next() < 0.05) values[at + 3] = 'OK'
    if (next() < 0.1) for (const column of [7, 8, 9, 13, 14]) values[at + column] = null
  }
  return values
}

/** Inserts rows as another program would. */
export function insertPlainly(path: string, values: readonly SqlValue[]): void {
  withDatabase(path, (database) => {
    const insert = database.prepare(`INSERT INTO feature_usage VALUES (${COLUMNS.map(() => '?').join(', ')})`)
    database.transaction(() => {
      for (let at = 0; at < values.length; at += ROW_WIDTH) insert.run(values.slice(at, at + COLUMNS.length))
    })()
  })
}

export function withDatabase<T>(path: string, work: (database: Database) => T): T {
  const database = new BetterSqlite3(path)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const time = fc.oneof(
  fc.integer({ min: -1, max: 5 * 24 }).map((hours) => FIRST / 1000 + hours * 3_600_000),
  fc.integer({ min: -1000, max: 5 * 86_400_000 }).map((millis) => FIRST / 1000 + millis),
)

export const anyFilter: fc.Arbitrary<RecordFilter> = fc.record(
  {
    featureName: fc.constantFrom(...NAMES, 'unknown'),
    category: fc.constantFrom(...FEATURE_CATEGORIES.slice(0, 5)),
    status: fc.constantFrom(...FEATURE_STATUSES),
    userId: fc.constantFrom('ada', 'linus', 'unknown'),
    since: time,
    until: time,
  },
  { requiredKeys: [] },
)

/**
 * Expects the reader to answer as plain SQL does.
 * @param asked one that was asked before, and remembers; otherwise a new one
 */
export function expectAnswers(path: string, filters: readonly RecordFilter[], asked?: ReaderConnection): void {
  const reader = asked ?? new ReaderConnection(path)
  const oracle = new SqlOracle(path)
  try {
    for (const filter of filters) {
      expectClose(reader.getUsageStats(filter), oracle.getUsageStats(filter))
      for (const limit of [1, 3, 100])
        expectClose(reader.getTopFeatures({ ...filter, limit }), oracle.getTopFeatures({ ...filter, limit }))
      for (const bucket of ['hour', 'day'] as const)
        expectClose(reader.getSeries({ ...filter, bucket }), oracle.getSeries({ ...filter, bucket }))
      const byMinute = { ...filter, since: (FIRST + 7.3 * HOUR) / 1000, until: (FIRST + 30.1 * HOUR) / 1000 }
      expectClose(
        reader.getSeries({ ...byMinute, bucket: 'minute' }),
        oracle.getSeries({ ...byMinute, bucket: 'minute' }),
      )
      for (const limit of [1, 20, 300])
        expect(reader.getRecords({ ...filter, limit }).map(({ recordId }) => recordId)).toEqual(
          oracle.getRecords({ ...filter, limit }),
        )
    }
  } finally {
    if (asked === undefined) reader.close()
    oracle.close()
  }
}
