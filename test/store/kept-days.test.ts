import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReaderConnection } from '../../src/store/sqlite/reader-connection.js'
import { KeptDays } from '../../src/store/sqlite/rollup/kept-days.js'
import { WriterConnection } from '../../src/store/sqlite/writer-connection.js'
import { tempDatabase, tempFolder } from '../support/temp.js'
import { cases } from '../support/thorough.js'
import { DAY, FIRST, random, someRows, withDatabase } from './rollup-support.js'

test('the slowest calls are those of plain SQL, asked once and again while others write', () => {
  const folder = tempFolder()
  let files = 0
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      fc.record({
        featureName: fc.constantFrom(undefined, 'search', 'rare'),
        category: fc.constantFrom(undefined, 'ai_provider', 'agentic_platform'),
        status: fc.constantFrom(undefined, 'success', 'failed'),
        since: fc.constantFrom(undefined, FIRST + DAY, FIRST + 1.3 * DAY),
      }),
      fc.constantFrom(1, 7, 50),
      (seeds, { since, ...rest }, limit) => {
        const path = `${folder}/${files++}.db`
        const writer = new WriterConnection(path)
        const reader = new ReaderConnection(path)
        const filter = { ...rest, since: since === undefined ? undefined : new Date(since / 1000) } as object
        for (const seed of seeds) {
          writer.insert([someRows(700, random(seed))])
          while (writer.background(1000));
          for (let asked = 0; asked < 2; asked++)
            expect(reader.getSlowest({ ...filter, limit }).map(({ duration }) => duration)).toEqual(
              slowestBySql(path, rest, since, limit),
            )
        }
        reader.close()
        writer.close()
      },
    ),
    { numRuns: cases(15, 150) },
  )
})

function slowestBySql(
  path: string,
  { featureName, category, status }: Record<string, string | undefined>,
  since: number | undefined,
  limit: number,
): unknown[] {
  return withDatabase(path, (database) =>
    database
      .prepare(
        `SELECT duration FROM feature_usage WHERE feature_name = coalesce(?, feature_name)
         AND category = coalesce(?, category) AND status = coalesce(?, status) AND start_time >= ?
         ORDER BY duration DESC LIMIT ?`,
      )
      .pluck()
      .all(
        featureName,
        category,
        status,
        since === undefined ? '' : new Date(since / 1000).toISOString().slice(0, 19),
        limit,
      ),
  )
}

test('a day is read again when its calls have changed, and only then', () => {
  const path = tempDatabase()
  const writer = new WriterConnection(path)
  const reader = new ReaderConnection(path)
  const asked = { since: new Date(FIRST / 1000), until: new Date((FIRST + 3 * DAY) / 1000) }
  const users = () => reader.getUsageStats(asked).users
  writer.insert([someRows(3000, random(1), 2)])
  while (writer.background(1000));
  const before = users()
  withDatabase(path, (database) => database.exec("UPDATE feature_rollup_user_days SET members = x''"))
  expect(users()).toBe(before)
  writer.insert([someRows(3000, random(2), 2)])
  while (writer.background(1000));
  expect(users()).toBeLessThanOrEqual(before)
  reader.close()
  writer.close()
})

test('what is kept is bounded: what was not asked for lately goes', () => {
  const kept = new KeptDays()
  const rows = Array.from({ length: 20_000 }, () => ({ row: [] as never, micros: 0, hour: 0 }))
  for (let day = 0; day < 10; day++) kept.keepRows(kept.day(day, 1), `${day * 24}`, rows)
  expect(kept.day(9, 1).rows.size).toBe(1)
  expect(kept.day(0, 1).rows.size).toBe(0)
  expect(kept.day(9, 2).rows.size).toBe(0)
  kept.check('begun anew', 1)
  expect(kept.day(8, 1).rows.size).toBe(0)
})

test('which days there are is kept for as long as nothing is written', () => {
  const kept = new KeptDays()
  kept.check('the same', 1)
  kept.spans.set('day 0 9', [1, 2])
  kept.calls.set(1, 7)
  kept.check('the same', 1)
  expect([kept.spans.size, kept.calls.size]).toEqual([1, 1])
  kept.check('the same', 2)
  expect([kept.spans.size, kept.calls.size]).toEqual([0, 0])
  for (let day = 0; day < 1000; day++) kept.spans.set(`day ${day} 9`, [])
  kept.check('the same', 2)
  expect(kept.spans.size).toBe(0)
})
