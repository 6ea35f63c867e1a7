import { existsSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SqliteWriter } from '../../src/store/index.js'
import { openForUpkeep } from '../../src/store/sqlite/housekeeping/index.js'
import { Lease } from '../../src/store/sqlite/housekeeping/lease.js'
import { RetentionKeeper } from '../../src/store/sqlite/housekeeping/retention-keeper.js'
import { expectClose } from '../store/close.js'
import { nodeJson } from '../support/child.js'
import { draft } from '../support/drafts.js'
import { tempDatabase } from '../support/temp.js'
import { DAY, rowsOf, someRecords, statistics, store } from './support.js'

/** Records of the last ten days. */
function recent(count: number) {
  const shift = Math.floor(Date.now() / DAY) * DAY - Date.UTC(2026, 0, 10)
  return someRecords(count).map((one) =>
    Object.assign(one, {
      startTime: new Date(Date.parse(one.startTime) + shift).toISOString().replace('Z', '000+00:00'),
    }),
  )
}

describe('automatic retention', () => {
  it('is off by default', async () => {
    const path = tempDatabase()
    store(path, someRecords(100))
    const writer = new SqliteWriter(path)
    onTestFinished(() => writer.close())
    writer.add(draft({ featureName: 'now' }))
    await writer.flush()
    expect(rowsOf(path)).toHaveLength(101)
    expect(existsSync(`${path}.retention`)).toBe(false)
  })

  it('removes what is older than the days of the variable, in the background, and keeps statistics', async () => {
    const path = tempDatabase()
    store(path, recent(2000))
    const before = await statistics(path, [{}])
    const names = await nodeJson<number>(
      `
      import { trackFeature, featureTracker } from '@cloudcurio/feature-tracking'
      trackFeature('now')(() => 1)()
      await featureTracker.flush()
      let left
      for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((r) => setTimeout(r, 20))) {
        left = (await featureTracker.getAllRecords()).length
        if (left <= 801) break
      }
      console.log(JSON.stringify(left))
      await featureTracker.shutdown()
      `,
      { env: { FEATURE_TRACKING_DB_PATH: path, FEATURE_TRACKING_RETENTION_DAYS: '3' } },
    )
    // Three whole days, and today.
    expect(names).toBe(2000 * 0.3 + 1 + 200)
    expect(existsSync(`${path}.retention`)).toBe(false)
    const [stats] = (await statistics(path, [{}])) as [{ totalCalls: number }]
    expect(stats.totalCalls).toBe((before[0] as { totalCalls: number }).totalCalls + 1)
  })

  it('by size removes the oldest, and the file becomes that small', async () => {
    const path = tempDatabase()
    store(path, someRecords(6000))
    const before = await statistics(path)
    const database = openForUpkeep(path)
    onTestFinished(() => {
      database.close()
    })
    database.pragma('wal_checkpoint(TRUNCATE)')
    const maxBytes = Math.floor(statSync(path).size * 0.7)
    const keeper = new RetentionKeeper(path, { days: 0, maxBytes }, 0)
    for (let turn = 0; turn < 500 && (keeper.step(database) || statSync(path).size > maxBytes); turn++);
    keeper.close()
    expect(statSync(path).size).toBeLessThanOrEqual(maxBytes)
    const left = rowsOf(path)
    expect(left.length).toBeGreaterThan(2000)
    expect(left.at(-1)).toMatchObject({ id: someRecords(6000).at(-1)?.recordId })
    expectClose(await statistics(path), before)
  })

  it('is done by one process at a time', () => {
    const path = tempDatabase()
    store(path, someRecords(3000))
    const databases = [openForUpkeep(path), openForUpkeep(path)] as const
    onTestFinished(() => {
      for (const database of databases) database.close()
    })
    const keepers = databases.map(() => new RetentionKeeper(path, { days: 1, maxBytes: 0 }, 0))
    const [first, second] = keepers as [RetentionKeeper, RetentionKeeper]
    expect(first.step(databases[0])).toBe(true)
    expect(second.step(databases[1])).toBe(false)
    expect(first.step(databases[0])).toBe(true)
    first.close()
    expect(second.step(databases[1])).toBe(true)
    while (second.step(databases[1]));
    expect(rowsOf(path)).toEqual([])
  })

  it('lets the lock alone where another has it', () => {
    const path = tempDatabase()
    store(path, someRecords(300))
    const database = openForUpkeep(path)
    const other = new BetterSqlite3(path)
    onTestFinished(() => {
      database.close()
      other.close()
    })
    other.exec('BEGIN IMMEDIATE')
    const keeper = new RetentionKeeper(path, { days: 1, maxBytes: 0 }, 0)
    expect(keeper.step(database)).toBe(true)
    expect(rowsOf(path)).toHaveLength(300)
    other.exec('COMMIT')
    while (keeper.step(database));
    expect(rowsOf(path)).toEqual([])
  })
})

describe('a lease', () => {
  it('has one holder, and is free when that one gave no sign for a minute', () => {
    const path = `${tempDatabase()}.lease`
    const [one, two] = [new Lease(path), new Lease(path)]
    expect([one.take(), two.take(), one.renew(), two.renew()]).toEqual([true, false, true, false])
    utimesSync(path, 0, 0)
    expect([two.take(), one.renew(), two.renew()]).toEqual([true, false, true])
    one.release()
    expect(existsSync(path)).toBe(true)
    two.release()
    expect(existsSync(path)).toBe(false)
    writeFileSync(path, 'somebody')
    expect(one.take()).toBe(false)
  })
})
