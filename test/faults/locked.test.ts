import { monitorEventLoopDelay } from 'node:perf_hooks'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { FeatureTracker } from '../../src/index.js'
import { tempDatabase } from '../support/temp.js'
import { runNode } from '../support/child.js'

const LOCKED_SECONDS = 10

describe('R6: another process holds the write lock', () => {
  it(`for ${LOCKED_SECONDS} s: the event loop goes on, and nothing is lost`, async () => {
    const dbPath = tempDatabase()
    const tracker = new FeatureTracker({ dbPath })
    const call = tracker.trackFeature('call')((n: number) => n)
    call(-1)
    await tracker.flush()
    const holder = runNode(
      `import BetterSqlite3 from 'better-sqlite3'
       const database = new BetterSqlite3(process.argv[1])
       database.exec('BEGIN IMMEDIATE')
       setTimeout(() => { database.exec('COMMIT'); database.close() }, ${LOCKED_SECONDS * 1000})`,
      { args: [dbPath] },
    )
    await expect.poll(() => isLocked(dbPath)).toBe(true)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    let calls = 1
    for (const end = Date.now() + LOCKED_SECONDS * 900; Date.now() < end;) {
      for (let n = 0; n < 20; n++) calls += call(1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    delay.disable()
    await holder
    expect(await tracker.getAllRecords()).toHaveLength(calls)
    expect(tracker.health().events).toEqual({})
    await tracker.shutdown()
    const p99 = delay.percentile(99) / 1e6
    console.log(
      `R6: ${calls} of ${calls} calls stored, event-loop delay p99 ${p99.toFixed(1)} ms with the lock held ${LOCKED_SECONDS} s`,
    )
    expect(p99).toBeLessThan(20)
  })
})

function isLocked(path: string): boolean {
  const database = new BetterSqlite3(path, { timeout: 0 })
  try {
    database.exec('BEGIN IMMEDIATE; COMMIT')
    return false
  } catch {
    return true
  } finally {
    database.close()
  }
}
