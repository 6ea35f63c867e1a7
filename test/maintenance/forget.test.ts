import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ensureKey } from '../../src/config/index.js'
import { backup, exportRecords, forgetUsers } from '../../src/maintenance/index.js'
import { pseudonymOf } from '../../src/record/index.js'
import { FeatureTrackerDB, type RecordFilter } from '../../src/store/index.js'
import { FeatureTracker } from '../../src/tracker/index.js'
import { startNode } from '../support/child.js'
import { record } from '../support/records.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

const canary = (index: number): string => `canary-${index}-zebra`

/** A file with 1,000 users under pseudonyms, whose ids also stand in metadata and errors. */
async function tracked(users = 1000): Promise<string> {
  const dbPath = tempDatabase()
  const tracker = new FeatureTracker({ dbPath })
  for (let index = 0; index < users; index++) {
    const userId = canary(index)
    const call = tracker.trackFeature({
      featureName: `f${index % 7}`,
      userId,
      metadata: { email: userId, note: `by ${userId}` },
    })
    const fails = call(() => {
      throw new Error(`no such user ${userId}`)
    })
    expect(fails).toThrow()
  }
  await tracker.flush()
  await tracker.shutdown()
  return dbPath
}

/** Every byte of the files in a folder, keys aside. */
function bytesIn(folder: string): Buffer {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.key'))
  return Buffer.concat(names.map((name) => readFileSync(join(folder, name))))
}

/** In how many of the ways in which they can be written these texts are there. */
function traces(bytes: Buffer, texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const raw = Buffer.from(text)
    const base64 = [0, 1, 2].map((pad) =>
      Buffer.concat([Buffer.alloc(pad), raw])
        .toString('base64')
        .slice(pad === 0 ? 0 : 4, -4),
    )
    return [text, raw.toString('hex'), raw.toString('hex').toUpperCase(), ...base64].filter((form) =>
      bytes.includes(form),
    )
  })
}

async function count(dbPath: string, filter: RecordFilter = {}): Promise<number> {
  const db = new FeatureTrackerDB(dbPath)
  onTestFinished(() => db.close())
  return (await db.getUsageStats(filter)).totalCalls
}

describe('forget', () => {
  it('leaves no byte of the forgotten in file, log, named backups, archives and exports (R36)', async () => {
    const dbPath = await tracked()
    const folder = dirname(dbPath)
    const users = Array.from({ length: 50 }, (_, index) => canary(index * 20))
    const key = ensureKey(dbPath)
    const forms = users.flatMap((user) => [user, pseudonymOf(key, user)])
    const named = [
      join(folder, 'backup.sqlite'),
      join(folder, 'out.csv.gz'),
      join(folder, 'out.jsonl'),
      join(folder, 'out.parquet'),
    ]
    copyFileSync(dbPath, named[0] as string)
    for (const path of named.slice(1)) await exportRecords({ dbPath, output: { path } })
    expect(traces(bytesIn(folder), users)).toEqual([])
    console.log('R35: of 50 canaries 0 in database, log, backup and exports')
    expect(traces(bytesIn(folder), forms).length).toBeGreaterThan(49)

    const report = await forgetUsers({ dbPath, users, also: named })

    expect(report.isErased).toBe(true)
    expect(report.files.map(({ rows }) => rows)).toEqual([50, 50, 50, 50, 50])
    expect(report.before.reduce((sum, { raw }) => sum + raw, 0)).toBeGreaterThan(50)
    expect(traces(bytesIn(folder), forms)).toEqual([])
    expect(await count(dbPath)).toBe(950)
    console.log(`R36: 50 of 1,000 canaries forgotten; bytes of ${report.after.length} files searched, found 0`)
  })

  it('finds nothing with a dictionary of a million ids without the key (R36)', async () => {
    const dbPath = await tracked(20)
    const { createHash } = await import('node:crypto')
    const database = new BetterSqlite3(dbPath, { readonly: true })
    const stored = new Set(database.prepare<[], string>('SELECT user_id FROM feature_usage').pluck().all())
    database.close()
    expect(stored.size).toBe(20)
    let matches = 0
    for (let index = 0; index < 1_000_000; index++)
      if (stored.has(createHash('sha256').update(canary(index)).digest('hex')) || stored.has(canary(index))) matches++
    expect(matches).toBe(0)
    console.log('R36: a dictionary of 1,000,000 ids matched 0 of 20 pseudonyms')
  })

  it('first only says what there is', async () => {
    const dbPath = await tracked(10)
    const report = await forgetUsers({ dbPath, users: [canary(3)], dryRun: true })
    expect(report).toMatchObject({ dryRun: true, isErased: false, files: [{ rows: 1, mentions: 0 }], after: [] })
    expect(report.otherBackups).toEqual([])
    expect(await count(dbPath)).toBe(10)
  })

  it('tells of backups that were not named, until they are', async () => {
    const dbPath = await tracked(10)
    const { path } = await backup({ dbPath })
    const users = [canary(3)]
    expect(await forgetUsers({ dbPath, users })).toMatchObject({ isErased: true, otherBackups: [path] })
    expect(await forgetUsers({ dbPath, users, also: [path] })).toMatchObject({ isErased: true, otherBackups: [] })
    expect(await count(path)).toBe(9)
  })

  it("changes others' texts only where they name the user, and keeps sums right", async () => {
    const dbPath = tempDatabase()
    const db = new FeatureTrackerDB(dbPath)
    const texts = {
      userId: 'grace',
      errorMessage: 'ada99 and ada9, not ada99s',
      metadata: { by: 'ada99', to: ['x ada99'] },
    }
    await db.insertRecords([record({ userId: 'ada99' }), record(texts)])
    await db.close()
    const report = await forgetUsers({ dbPath, users: ['ada99'] })
    expect(report).toMatchObject({ isErased: true, files: [{ rows: 1, mentions: 2 }] })
    const after = new FeatureTrackerDB(dbPath)
    onTestFinished(() => after.close())
    const [left] = await after.getRecords()
    expect(left).toMatchObject({
      errorMessage: '[forgotten] and ada9, not ada99s',
      metadata: { by: '[forgotten]', to: ['x [forgotten]'] },
    })
    expect(await after.getUsageStats()).toMatchObject({ totalCalls: 1, users: 1 })
  })

  it('works while another process writes', async () => {
    const dbPath = await tracked(50)
    const child = startNode(
      `
      import { FeatureTracker } from '@cloudcurio/feature-tracking'
      const tracker = new FeatureTracker({ dbPath: process.argv[1] })
      const call = tracker.trackFeature({ featureName: 'busy', userId: 'other-user' })(() => 1)
      process.stdout.write('ready')
      const timer = setInterval(() => { for (let i = 0; i < 20; i++) call() }, 5)
      process.on('SIGTERM', async () => { clearInterval(timer); await tracker.flush(); await tracker.shutdown(); process.exit(0) })
    `,
      { args: [dbPath] },
    )
    await child.said('ready')
    const user = canary(7)
    const pseudonym = pseudonymOf(ensureKey(dbPath), user)
    const report = await forgetUsers({ dbPath, users: [user] })
    child.kill('SIGTERM')
    const { code, stderr } = await child.result
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(report.isErased).toBe(true)
    expect(traces(bytesIn(dirname(dbPath)), [user, pseudonym])).toEqual([])
    expect(await count(dbPath, { userId: user })).toBe(0)
    expect(await count(dbPath, { featureName: 'busy' })).toBeGreaterThan(0)
  })

  it('refuses a file that it does not know, before anything is changed', async () => {
    const dbPath = await tracked(3)
    const also = [join(tempFolder(), 'missing.csv')]
    await expect(forgetUsers({ dbPath, users: [canary(1)], also })).rejects.toThrow(/missing\.csv cannot be read/)
    expect(await count(dbPath)).toBe(3)
  })
})
