import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApp } from '../../src/server/index.js'
import { IsolatedReader } from '../../src/store/index.js'
import { record } from '../support/records.js'
import { fileWith } from './support.js'

/** Looked for in a text of 'a', it is compared to nearly its whole length at every place. */
const NEEDLE = `${'a'.repeat(999)}b`

/** The same, for which one message takes seconds and the file minutes. */
const LONG_NEEDLE = `${'a'.repeat(500_000)}b`

/** A file with a hundred error messages of a million letters. */
async function slowFile(): Promise<string> {
  const path = await fileWith([record({ featureName: 'quick' })])
  const database = new BetterSqlite3(path)
  const insert = database.prepare(`INSERT INTO feature_usage VALUES (?, 'slow', 'other', 'failed', 1,
    '2026-01-01T00:00:00.000000+00:00', '', 0, 0, '{}', NULL, 's', ?, 1, 1)`)
  for (let row = 0; row < 100; row++) insert.run(`slow-${row}`, 'a'.repeat(1_000_000))
  database.close()
  return path
}

describe('R31: a question that takes too long', () => {
  it('is ended, and the ones beside and after it are answered', async () => {
    const path = await slowFile()
    const reader = new IsolatedReader(path, { timeoutMs: 500 })
    onTestFinished(() => reader.close())
    await reader.getStoreStatus()
    const app = createApp(reader, { dbPath: path })
    const ask = (url: string) => app.fetch(new Request(`http://localhost${url}`))
    const begin = performance.now()
    const slow = ask(`/api/records?error=${NEEDLE}&limit=1000`)
    const beside = await ask('/api/records/nope')
    expect(beside.status).toBe(404)
    const response = await slow
    const took = performance.now() - begin
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      error: {
        code: 'timeout',
        message: expect.stringContaining('was ended') as string,
        hint: 'ask for a shorter time, or for one feature',
      },
    })
    console.log(`R31: ended ${took.toFixed(0)} ms after it was asked, with a limit of 500 ms`)
    expect((await ask('/api/recent-calls?limit=1&feature=quick')).status).toBe(200)
  })

  it('leaves a file that is whole, and its writers alone', async () => {
    const path = await slowFile()
    const reader = new IsolatedReader(path, { timeoutMs: 1000, processes: 1 })
    onTestFinished(() => reader.close())
    for (let kill = 0; kill < 3; kill++)
      await expect(reader.getRecordPage({ errorText: LONG_NEEDLE, limit: 1000 })).rejects.toMatchObject({
        code: 'timeout',
      })
    const database = new BetterSqlite3(path)
    onTestFinished(() => void database.close())
    database.exec("UPDATE feature_usage SET duration = 2 WHERE feature_name = 'quick'")
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('wal_checkpoint(TRUNCATE)')).toMatchObject([{ busy: 0 }])
  })
})

describe('an isolated reader', () => {
  it('refuses questions after its end, and ends those under way', async () => {
    const path = await slowFile()
    const reader = new IsolatedReader(path)
    const slow = reader.getRecordPage({ errorText: LONG_NEEDLE, limit: 1000 })
    const ended = expect(slow).rejects.toMatchObject({ code: 'closed' })
    await reader.close()
    await ended
    await expect(reader.getUsageStats()).rejects.toMatchObject({ code: 'closed' })
  })

  it('passes errors on as they are', async () => {
    const reader = new IsolatedReader('/nowhere/usage.db')
    onTestFinished(() => reader.close())
    await expect(reader.getUsageStats()).rejects.toMatchObject({ name: 'StoreError', code: 'not_found' })
    await expect(reader.getRecords({ limit: 0 })).rejects.toThrow(RangeError)
    await expect(reader.getSeries({ bucket: 'week' as 'day' })).rejects.toThrow(TypeError)
  })

  it('says so when questions wait too long', async () => {
    const path = await slowFile()
    const reader = new IsolatedReader(path, { timeoutMs: 1000, processes: 1 })
    onTestFinished(() => reader.close())
    const asked = [1, 2, 3].map(() => reader.getRecordPage({ errorText: LONG_NEEDLE, limit: 1000 }))
    const outcomes = await Promise.allSettled(asked)
    const codes = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'answered',
    )
    expect(codes[0]).toBe('timeout')
    expect(codes).toContain('busy')
  })

  it('takes only sensible options', () => {
    expect(() => new IsolatedReader('x', { timeoutMs: 0 })).toThrow('timeoutMs is 0: give a whole number of 1 or more')
    expect(() => new IsolatedReader('x', { processes: 1.5 })).toThrow('processes is 1.5')
  })
})
