import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { timeText } from '../../src/record/index.js'
import type { RecordFilter } from '../../src/store/index.js'
import { ReaderConnection } from '../../src/store/sqlite/reader-connection.js'
import { removeBefore } from '../../src/store/sqlite/rollup/retention.js'
import { ROW_WIDTH } from '../../src/store/sqlite/rows.js'
import { WriterConnection } from '../../src/store/sqlite/writer-connection.js'
import { tempDatabase } from '../support/temp.js'
import { expectClose } from './close.js'
import { DAY, FIRST, HOUR, insertPlainly, random, someRows, theirRows, withDatabase } from './rollup-support.js'

function open(): { path: string; writer: WriterConnection; reader: ReaderConnection } {
  const path = tempDatabase()
  const writer = new WriterConnection(path)
  const reader = new ReaderConnection(path)
  onTestFinished(() => {
    reader.close()
    writer.close()
  })
  writer.insert([[]])
  return { path, writer, reader }
}

/** All that the sums can tell at whole hours. */
function answers(reader: ReaderConnection, filters: readonly RecordFilter[]): unknown[] {
  return filters.flatMap((filter) => [
    reader.getUsageStats(filter),
    reader.getTopFeatures({ ...filter, limit: 100 }),
    reader.getSeries({ ...filter, bucket: 'hour' }),
    reader.getSeries({ ...filter, bucket: 'day' }),
  ])
}

const at = (hours: number) => (FIRST + hours * HOUR) / 1000

const FILTERS: readonly RecordFilter[] = [
  {},
  { featureName: 'search' },
  { category: 'sysmon' },
  { status: 'failed' },
  { featureName: 'export', category: 'ai_provider', status: 'success' },
  { since: at(7), until: at(60) },
  { since: at(30), featureName: 'search' },
  { until: at(50), status: 'timeout' },
]

const rowsOf = (path: string) =>
  withDatabase(path, (database) => database.prepare('SELECT count(*) FROM feature_usage').pluck().get() as number)

function rebuild(writer: WriterConnection): void {
  let status = writer.rollups('rebuild')
  while (status.rebuilding) status = writer.rollups('continue')
}

describe('rows that retention removes', () => {
  it('stay in the sums, also when these are made anew and while they are', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), fc.integer({ min: 0, max: 5 }), (seed, days) => {
        const { path, writer, reader } = open()
        const next = random(seed)
        for (let round = 0; round < 6; round++) writer.insert([someRows(200, next)])
        insertPlainly(path, theirRows(50, next))
        const before = answers(reader, FILTERS)
        const rows = rowsOf(path)
        const { removed } = withDatabase(path, (database) => removeBefore(database, FIRST + days * DAY + 5 * HOUR))
        expect(rowsOf(path)).toBe(rows - removed)
        expectClose(answers(reader, FILTERS), before)
        writer.rollups('rebuild')
        expectClose(answers(reader, FILTERS), before)
        rebuild(writer)
        expectClose(answers(reader, FILTERS), before)
        reader.close()
        writer.close()
      }),
      { numRuns: 12 },
    )
  })

  it('are those before the day of the time, wherever their rowids are; none of the records later', () => {
    const { path, writer, reader } = open()
    writer.insert([someRows(3000, random(5)), someRows(3000, random(6))])
    const kept = reader.getRecords({ since: at(48), limit: 10_000 })
    const { removed, before } = withDatabase(path, (database) => removeBefore(database, FIRST + 2 * DAY + 1))
    expect(before).toBe(FIRST + 2 * DAY)
    expect(removed).toBe(6000 - kept.length)
    expect(reader.getRecords({ limit: 10_000 })).toEqual(kept)
    expect(reader.getRecords()).toEqual(kept)
  })

  it('may be none, while there are times that are none among rows that are not in the sums yet', () => {
    const { path, writer } = open()
    writer.insert([someRows(100, random(1))])
    const odd = someRows(3, random(2), 1)
    for (const [row, text] of ['', 'long ago', '1'].entries()) odd[row * ROW_WIDTH + 5] = text
    insertPlainly(path, odd)
    expect(withDatabase(path, (database) => removeBefore(database, FIRST)).removed).toBe(0)
    expect(rowsOf(path)).toBe(103)
  })

  it('may be all; then rowids begin anew, and new calls add to the sums', () => {
    const { path, writer, reader } = open()
    writer.insert([someRows(700, random(1))])
    withDatabase(path, (database) => removeBefore(database, FIRST + 9000 * DAY))
    expect(rowsOf(path)).toBe(0)
    expect(reader.getUsageStats().totalCalls).toBe(700)
    writer.insert([someRows(300, random(2))])
    expect(reader.getUsageStats().totalCalls).toBe(1000)
    expect(reader.getRecords({ limit: 5, featureName: 'search' })).toHaveLength(5)
    rebuild(writer)
    expect(reader.getUsageStats().totalCalls).toBe(1000)
  })

  it('and that come late are counted once, before and after they are removed and the sums are made anew', () => {
    const { path, writer, reader } = open()
    writer.insert([someRows(500, random(1))])
    withDatabase(path, (database) => removeBefore(database, FIRST + 2 * DAY))
    const late = someRows(40, random(3), 1)
    for (let row = 0; row < late.length; row += ROW_WIDTH) late[row + 5] = timeText(FIRST + row * 1e6)
    insertPlainly(path, late)
    const calls = () => reader.getUsageStats().totalCalls
    expect(calls()).toBe(540)
    rebuild(writer)
    expect(calls()).toBe(540)
    rebuild(writer)
    expect(calls()).toBe(540)
    withDatabase(path, (database) => removeBefore(database, FIRST + 2 * DAY))
    expect(calls()).toBe(540)
    rebuild(writer)
    expect(calls()).toBe(540)
  })

  it('are left with sums of hours: a time within one means its start', () => {
    const { path, writer, reader } = open()
    writer.insert([someRows(900, random(4))])
    withDatabase(path, (database) => removeBefore(database, FIRST + 3 * DAY))
    const middle = at(30.5)
    const [until, since] = [reader.getUsageStats({ until: middle }), reader.getUsageStats({ since: middle })]
    expect(until).toEqual(reader.getUsageStats({ until: at(30) }))
    expect(until.totalCalls + since.totalCalls).toBe(900)
  })

  it('that were deleted by others in the middle are gone from the sums, and frozen ones are not', () => {
    const { path, writer, reader } = open()
    writer.insert([someRows(900, random(8))])
    const early = reader.getUsageStats({ until: at(48) }).totalCalls
    withDatabase(path, (database) => removeBefore(database, FIRST + 2 * DAY))
    withDatabase(path, (database) =>
      database.exec('DELETE FROM feature_usage WHERE rowid = (SELECT min(rowid) FROM feature_usage)'),
    )
    for (let turn = 0; turn < 50; turn++) writer.background(20)
    expect(reader.getUsageStats().totalCalls).toBe(899)
    expect(reader.getUsageStats({ until: at(48) }).totalCalls).toBe(early)
  })
})
