import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { timeText } from '../../src/record/index.js'
import { countRows, startOfNth } from '../../src/store/sqlite/housekeeping/index.js'
import { openForUpkeep } from '../../src/store/sqlite/housekeeping/open.js'
import { change, rebuild, store } from '../maintenance/support.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'

/** Microseconds. */
const FIRST = Date.UTC(2026, 0, 1) * 1000
const NAMES = ['search', 'export'] as const

const aCase = fc.record({
  seconds: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 }),
  walk: fc.integer({ min: 1, max: 9 }),
  until: fc.integer({ min: 0, max: 13 }),
  isElsewhere: fc.boolean(),
})

/** Writes the first row's time as a clock two hours ahead shows it: the same time, but a text that sorts elsewhere. */
function moveClock(path: string): void {
  change(
    path,
    `UPDATE feature_usage SET start_time = '2026-01-01T02:' || substr(start_time, 15, 12) || '+02:00' WHERE id = 'row 0'`,
  )
  rebuild(path)
}

it('counts rows and finds the n-th, many of one time as well, in walks of any length', () => {
  fc.assert(
    fc.property(aCase, ({ seconds, walk, until, isElsewhere }) => {
      const path = tempDatabase()
      const rows = seconds.map((second, index) => ({
        recordId: `row ${index}`,
        featureName: NAMES[index % 2] as string,
        startTime: timeText(FIRST + second * 1_000_000),
      }))
      store(
        path,
        rows.map((row) => record(row)),
      )
      if (isElsewhere) moveClock(path)
      const database = openForUpkeep(path)
      onTestFinished(() => {
        database.close()
      })
      const starts = (featureName?: string): number[] =>
        rows
          .filter((row) => featureName === undefined || row.featureName === featureName)
          .map((row) => Date.parse(row.startTime) * 1000)
          .toSorted((a, b) => a - b)
      const end = FIRST + until * 1_000_000
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
    { numRuns: 60 },
  )
})
