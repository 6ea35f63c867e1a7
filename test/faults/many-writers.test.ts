import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { FeatureTrackerDB } from '../../src/store/index.js'
import { ROOT, runNode } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

const WRITERS = 8
const CALLS = 10_000

const WRITER = `
import { featureTracker, trackFeature } from '@cloudcurio/feature-tracking'
const call = trackFeature('call', 'other', { userId: (n) => 'user ' + (n % 50) })((n) => n)
for (let n = 0; n < ${CALLS}; n++) {
  call(n)
  if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
}
await featureTracker.shutdown()
console.log(JSON.stringify(featureTracker.health().events))
`

/** Forces checkpoints until the writers are done. */
const CHECKPOINTER = `
import BetterSqlite3 from 'better-sqlite3'
const database = new BetterSqlite3(process.env.FEATURE_TRACKING_DB_PATH, { timeout: 5000 })
let checkpoints = 0
process.on('SIGTERM', () => { console.log(checkpoints); process.exit(0) })
setInterval(() => { database.pragma('wal_checkpoint(TRUNCATE)'); checkpoints++ }, 5)
`

describe('R7: many writers', () => {
  it(`${WRITERS} processes × ${CALLS} calls while another forces checkpoints: all rows, no error anywhere`, async () => {
    const dbPath = tempDatabase()
    const env = { FEATURE_TRACKING_DB_PATH: dbPath }
    const db = new FeatureTrackerDB(dbPath)
    await db.migrate()
    const checkpointer = spawn(process.execPath, ['--input-type=module', '--eval', CHECKPOINTER], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    })
    let checkpoints = ''
    checkpointer.stdout.on('data', (text) => (checkpoints += String(text)))
    const start = performance.now()
    const results = await Promise.all(Array.from({ length: WRITERS }, () => runNode(WRITER, { env })))
    const seconds = (performance.now() - start) / 1000
    checkpointer.kill()
    await once(checkpointer, 'close')
    expect(results.map(({ stderr, stdout }) => stderr + stdout.trim())).toEqual(
      Array.from({ length: WRITERS }, () => '{}'),
    )
    const { totalCalls, users } = await db.getUsageStats()
    const sessions = new Set((await db.getRecords()).map(({ sessionId }) => sessionId))
    await db.close()
    console.log(
      `R7: ${totalCalls} of ${WRITERS * CALLS} rows, ${sessions.size} sessions, ${users} users, ${checkpoints.trim()} checkpoints, 0 errors, ${seconds.toFixed(1)} s`,
    )
    expect(totalCalls).toBe(WRITERS * CALLS)
    expect(sessions.size).toBe(WRITERS)
    expect(users).toBe(50)
    expect(Number(checkpoints)).toBeGreaterThan(0)
  })
})
