import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { localTimeText, timeText } from '../../src/record/index.js'
import { countRows, startOfNth } from '../../src/store/sqlite/housekeeping/index.js'
import { openForUpkeep } from '../../src/store/sqlite/housekeeping/open.js'
import { rebuild, store } from '../maintenance/support.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'

/** Microseconds. */
const FIRST = Date.UTC(2026, 0, 1) * 1000
const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const NAMES = ['search', 'export'] as const

const aCase = fc.record({
  places: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 }),
  step: fc.constantFrom(SECOND, 5 * HOUR, 30 * HOUR),
  walk: fc.integer({ min: 1, max: 9 }),
  until: fc.integer({ min: 0, max: 13 }),
  clock: fc.constantFrom('ours', 'original', 'odd'),
  isWaiting: fc.boolean(),
})

const zone = process.env['TZ']
beforeAll(() => {
  process.env['TZ'] = 'America/Los_Angeles'
})
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

/** The time of some rows as other clocks show it: the same time, but a text that sorts elsewhere. */
function asWritten(clock: 'ours' | 'original' | 'odd', index: number, micros: number): string {
  if (clock === 'original' && index % 3 === 1) return localTimeText(micros)
  if (clock === 'odd' && index === 0) return timeText(micros + 2 * HOUR).replace('+00:00', '+02:00')
  if (clock === 'odd' && index === 1) return localTimeText(micros).replace('T', ' ')
  return timeText(micros)
}

/** One more row, with the time of the first one, that the sums know nothing of yet. */
function addWaiting(path: string, times: number[]): void {
  const editor = new BetterSqlite3(path)
  const [first = FIRST] = times
  const columns = 'category, status, duration, end_time, session_id'
  editor
    .prepare(
      `INSERT INTO feature_usage (id, feature_name, start_time, ${columns}) VALUES (?, ?, ?, 'other', 'success', 1, ?, '')`,
    )
    .run('waiting', NAMES[times.length % 2], localTimeText(first), localTimeText(first))
  editor.close()
  times.push(first)
}

it('counts rows and finds the n-th, many of one time as well, in walks of any length', () => {
  fc.assert(
    fc.property(aCase, ({ places, step, walk, until, clock, isWaiting }) => {
      const path = tempDatabase()
      const times = places.map((place) => FIRST + place * step)
      store(
        path,
        times.map((time, index) =>
          record({ recordId: `row ${index}`, featureName: NAMES[index % 2] as string, startTime: timeText(time) }),
        ),
      )
      const editor = new BetterSqlite3(path)
      const write = editor.prepare('UPDATE feature_usage SET start_time = ? WHERE id = ?')
      for (const [index, time] of times.entries()) write.run(asWritten(clock, index, time), `row ${index}`)
      editor.exec('UPDATE feature_rollup_state SET text_forms = 0')
      editor.close()
      rebuild(path)
      if (isWaiting) addWaiting(path, times)
      const database = openForUpkeep(path)
      onTestFinished(() => {
        database.close()
      })
      const starts = (featureName?: string): number[] =>
        times
          .filter((_, index) => featureName === undefined || NAMES[index % 2] === featureName)
          .toSorted((a, b) => a - b)
      const end = FIRST + until * step
      for (const featureName of [undefined, ...NAMES]) {
        const all = starts(featureName)
        expect(countRows(database, { featureName }, walk)).toBe(all.length)
        expect(countRows(database, { featureName, until: end }, walk)).toBe(all.filter((time) => time < end).length)
        for (const n of [1, 2, 7, all.length, all.length + 1].filter((number) => number > 0)) {
          expect(startOfNth(database, { featureName }, n, 'earliest', walk)).toBe(all[n - 1])
          expect(startOfNth(database, { featureName }, n, 'latest', walk)).toBe(all[all.length - n])
        }
      }
    }),
    { numRuns: 40 },
  )
})
