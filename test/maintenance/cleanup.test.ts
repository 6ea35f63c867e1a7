import { statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cleanup, type CleanupOptions } from '../../src/maintenance/index.js'
import { expectClose } from '../store/close.js'
import { copyOfOriginal } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'
import { change, DAY, FIRST, rebuild, rowsOf, someRecords, statistics, store } from './support.js'

const RECORDS = someRecords(6000)
const at = (days: number) => FIRST + days * DAY

function filled(): string {
  const dbPath = tempDatabase()
  store(dbPath, RECORDS)
  return dbPath
}

interface Case {
  readonly what: string
  readonly limits: Omit<CleanupOptions, 'dbPath'>
  readonly rows: number
}

const CASES: readonly Case[] = [
  { what: 'age', limits: { before: at(4) }, rows: 2400 },
  { what: 'age within a day', limits: { before: at(4.5) }, rows: 2700 },
  { what: 'number of rows', limits: { maxRows: 1000 }, rows: 5000 },
  { what: 'number, none at all', limits: { maxRows: 0 }, rows: 6000 },
  { what: 'age of one feature', limits: { before: at(5), featureName: 'search' }, rows: 1000 },
  { what: 'number of one category', limits: { maxRows: 100, category: 'sysmon' }, rows: 1900 },
  { what: 'the stricter of two', limits: { before: at(1), maxRows: 3000 }, rows: 3000 },
  { what: 'nothing', limits: { before: at(0) }, rows: 0 },
]

describe('cleanup', () => {
  it.each(CASES)('by $what removes the rows it announced, and leaves all statistics', async ({ limits, rows }) => {
    const dbPath = filled()
    const before = await statistics(dbPath)
    const plan = await cleanup({ dbPath, ...limits, dryRun: true })
    expect(plan).toMatchObject({ rows, dryRun: true })
    expect(rowsOf(dbPath)).toHaveLength(6000)
    const done = await cleanup({ dbPath, ...limits })
    expect(done).toMatchObject({ rows, dryRun: false, before: plan.before, canShrink: true, freeBytes: 0 })
    expect(rowsOf(dbPath)).toHaveLength(6000 - rows)
    expectClose(await statistics(dbPath), before)
    rebuild(dbPath)
    expectClose(await statistics(dbPath), before)
    const latest = RECORDS.slice(rows).map(({ recordId }) => recordId)
    if (limits.featureName === undefined && limits.category === undefined)
      expect(rowsOf(dbPath).map(({ id }) => id)).toEqual(latest)
  })

  it.each(CASES)('by $what, statistics included, leaves those of the rows that stay', async ({ limits, rows }) => {
    const dbPath = filled()
    const done = await cleanup({ dbPath, ...limits, dropStatistics: true })
    expect(done).toMatchObject({ rows })
    rebuild(dbPath)
    const kept = tempDatabase()
    const ids = new Set(rowsOf(dbPath).map(({ id }) => id))
    store(
      kept,
      RECORDS.filter(({ recordId }) => ids.has(recordId)),
    )
    if (ids.size === 0) return expect(await statistics(dbPath, [{}])).toMatchObject([{ totalCalls: 0 }, [], []])
    // Of a day that went in part the sums stay whole.
    const until = done.before === null ? undefined : { until: Math.floor(Date.parse(done.before) / DAY) * DAY }
    expectClose(await statistics(dbPath, [{ ...until }]), await statistics(kept, [{ ...until }]))
  })

  it('by size makes the file smaller than that', async () => {
    const dbPath = filled()
    change(dbPath, 'PRAGMA wal_checkpoint(TRUNCATE)')
    const before = statSync(dbPath).size
    const maxBytes = Math.floor(before * 0.6)
    const plan = await cleanup({ dbPath, maxBytes, dryRun: true })
    const { rows, bytesAfter } = await cleanup({ dbPath, maxBytes })
    expect(bytesAfter).toBeLessThanOrEqual(maxBytes)
    expect(statSync(dbPath).size).toBe(bytesAfter)
    expect(rowsOf(dbPath)).toHaveLength(6000 - rows)
    expect(rows).toBeGreaterThan(plan.rows * 0.7)
    expect(rows).toBeLessThan(plan.rows * 1.5)
    expect(await cleanup({ dbPath, maxBytes })).toMatchObject({ rows: 0, before: null })
  })

  it('leaves late rows of frozen days counted once', async () => {
    const dbPath = filled()
    await cleanup({ dbPath, before: at(5), featureName: 'search' })
    store(
      dbPath,
      someRecords(50).map((one) => Object.assign(one, { recordId: `late ${one.recordId}` })),
    )
    const total = async () => ((await statistics(dbPath, [{}])) as [{ totalCalls: number }])[0].totalCalls
    expect(await total()).toBe(6050)
    rebuild(dbPath)
    expect(await total()).toBe(6050)
  })

  it("leaves space in the Python original's file until it is written anew", async () => {
    const dbPath = copyOfOriginal()
    change(dbPath, `UPDATE feature_usage SET metadata = '{"x":"${'x'.repeat(5000)}"}'`)
    const kept = await cleanup({ dbPath, maxRows: 10 })
    expect(kept).toMatchObject({ rows: 150, canShrink: false })
    expect(kept.bytesAfter).toBeGreaterThanOrEqual(kept.bytesBefore)
    expect(kept.freeBytes).toBeGreaterThan(500_000)
    const written = await cleanup({ dbPath, maxRows: 10, vacuum: true })
    expect(written).toMatchObject({ rows: 0, canShrink: true, freeBytes: 0 })
    expect(statSync(dbPath).size).toBe(written.bytesAfter)
    expect(written.bytesAfter).toBeLessThan(kept.bytesAfter - 500_000)
  })

  it('wants a limit, and good ones', async () => {
    const dbPath = filled()
    await expect(cleanup({ dbPath })).rejects.toThrow('no limit is given')
    await expect(cleanup({ dbPath, maxRows: -1 })).rejects.toThrow('maxRows is -1: give a whole number of 0 or more')
    await expect(cleanup({ dbPath, before: 'soon' })).rejects.toThrow('soon')
    await expect(cleanup({ dbPath: `${dbPath}.none`, maxRows: 1 })).rejects.toThrow('there is no file')
  })

  it('can be stopped, and goes on where it was', async () => {
    const dbPath = filled()
    const before = await statistics(dbPath)
    const stop = new AbortController()
    const stopped = cleanup({
      dbPath,
      maxRows: 0,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done > 500) stop.abort()
      },
    })
    await expect(stopped).rejects.toThrow('abort')
    const left = rowsOf(dbPath).length
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(6000)
    expectClose(await statistics(dbPath), before)
    expect(await cleanup({ dbPath, maxRows: 0 })).toMatchObject({ rows: left })
  })
})
