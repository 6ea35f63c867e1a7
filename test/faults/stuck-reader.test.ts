import { statSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { SqliteWriter } from '../../src/store/index.js'
import { draft } from '../support/drafts.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

const MB = 1024 * 1024
const RECORDS = 150_000

describe('R17: a reader that never ends', () => {
  it('makes records wait in the spool, not the write-ahead log grow beyond 64 MB', async () => {
    const path = tempDatabase()
    const problems: string[] = []
    const writer = new SqliteWriter(path, { onProblem: (topic) => problems.push(topic) })
    const metadataText = JSON.stringify({ text: 'x'.repeat(500) })
    const add = async (count: number) => {
      for (let n = 0; n < count; n++) {
        if (!writer.add(draft({ metadataText, userId: `user ${n % 997}` }))) throw new Error('dropped')
        if (n % 100 === 99) writer.send()
        if (n % 2000 === 1999) await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    await add(100)
    await writer.flush()
    const reader = new BetterSqlite3(path)
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM feature_usage').get()
    let largest = 0
    const watch = setInterval(() => (largest = Math.max(largest, statSync(`${path}-wal`).size)), 5)
    await add(RECORDS)
    await expect.poll(() => problems, { timeout: 60_000 }).toContain('wal_stuck')
    const waiting = writer.health().spool.records
    reader.exec('COMMIT')
    reader.close()
    await expect.poll(() => writer.health().waitingRecords, { timeout: 60_000 }).toBe(0)
    clearInterval(watch)
    expect(sql(path, 'SELECT count(*) AS n FROM feature_usage')).toEqual([{ n: RECORDS + 100 }])
    await writer.close()
    console.log(
      `R17: a stuck reader: WAL at most ${(largest / MB).toFixed(1)} MB, ${waiting} records waited in the spool, 0 of ${RECORDS} lost`,
    )
    expect(largest).toBeLessThanOrEqual(64 * MB)
  })
})
