import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { backup, listBackups, restore } from '../../src/maintenance/index.js'
import { FeatureTrackerDB, SqliteWriter } from '../../src/store/index.js'
import { copyOfOriginal } from '../support/original.js'
import { draft } from '../support/drafts.js'
import { tempDatabase, tempFolder } from '../support/temp.js'
import { unusualRows } from './unusual.js'
import { change, rowsOf, someRecords, store } from './support.js'

function filled(count = 500): string {
  const dbPath = tempDatabase()
  store(dbPath, someRecords(count))
  return dbPath
}

const modeOf = (path: string) => statSync(path).mode & 0o777

describe('backup', () => {
  it('is a whole file of its own, verified, of mode 0600, and tells what is in it', async () => {
    const dbPath = filled()
    const phases = new Set<string>()
    const made = await backup({ dbPath, onProgress: ({ phase }) => phases.add(phase) })
    expect(made).toMatchObject({ rows: 500, removed: [], bytes: statSync(made.path).size })
    expect(made.checksum).toMatch(/^[0-9a-f]{64}$/)
    expect([...phases]).toEqual(['copy', 'verify'])
    expect(dirname(made.path)).toBe(join(dirname(dbPath), 'backups'))
    expect(modeOf(made.path)).toBe(0o600)
    expect(modeOf(dirname(made.path))).toBe(0o700)
    expect(readdirSync(dirname(made.path))).toHaveLength(1)
    expect(rowsOf(made.path)).toEqual(rowsOf(dbPath))
  })

  it('has what was committed, also while the database is open', async () => {
    const dbPath = tempDatabase()
    const writer = new SqliteWriter(dbPath)
    onTestFinished(() => writer.close())
    await writer.insertRecords(someRecords(10))
    const made = await backup({ dbPath })
    await writer.insertRecords(someRecords(20))
    expect(made.rows).toBe(10)
    expect((await backup({ dbPath, to: join(tempFolder(), 'b.db') })).rows).toBe(20)
  })

  it('keeps the last ones, and touches nothing else', async () => {
    const dbPath = filled(10)
    const folder = tempFolder()
    writeFileSync(join(folder, 'notes.txt'), '')
    writeFileSync(join(folder, 'usage.db.backup'), '')
    let now = Date.UTC(2026, 0, 1)
    const paths: string[] = []
    for (let round = 0; round < 4; round++)
      paths.push((await backup({ dbPath, folder, keep: 2, now: () => (now += 1000) })).path)
    expect(listBackups(folder, 'usage.db')).toEqual([paths[3], paths[2]])
    expect(readdirSync(folder)).toHaveLength(4)
  })

  it('overwrites only when told to, and leaves nothing behind when it fails', async () => {
    const dbPath = filled(10)
    const to = join(tempFolder(), 'b.db')
    await backup({ dbPath, to })
    await expect(backup({ dbPath, to })).rejects.toMatchObject({ code: 'exists' })
    expect((await backup({ dbPath, to, overwrite: true })).path).toBe(to)
    const stop = new AbortController()
    const stopped = backup({ dbPath, to, overwrite: true, signal: stop.signal, onProgress: () => stop.abort() })
    await expect(stopped).rejects.toThrow('abort')
    expect(readdirSync(dirname(to))).toEqual(['b.db'])
    await expect(backup({ dbPath: `${dbPath}.none`, to: `${to}2` })).rejects.toMatchObject({ code: 'not_found' })
    await expect(backup({ dbPath, keep: 0 })).rejects.toThrow('keep is 0')
  })
})

describe('restore', () => {
  it('gives every value back, also unusual ones', async () => {
    await fc.assert(
      fc.asyncProperty(unusualRows, async (rows) => {
        const dbPath = tempDatabase()
        store(dbPath, [])
        const { default: BetterSqlite3 } = await import('better-sqlite3')
        const database = new BetterSqlite3(dbPath)
        const insert = database.prepare(`INSERT OR IGNORE INTO feature_usage VALUES (${'?,'.repeat(14)}?)`)
        for (const row of rows) insert.run(row)
        database.close()
        const before = rowsOf(dbPath)
        const made = await backup({ dbPath })
        change(dbPath, 'DELETE FROM feature_usage')
        expect(await restore({ dbPath, from: made.path })).toMatchObject({
          rows: before.length,
          checksum: made.checksum,
        })
        expect(rowsOf(dbPath)).toEqual(before)
      }),
      { numRuns: 15 },
    )
  })

  it('keeps the file that it replaces, unless told otherwise', async () => {
    const dbPath = filled(30)
    const { path: from, checksum } = await backup({ dbPath })
    store(dbPath, someRecords(50))
    const { replaced } = await restore({ dbPath, from, checksum })
    expect(rowsOf(dbPath)).toHaveLength(30)
    expect(rowsOf(replaced as string)).toHaveLength(50)
    expect([modeOf(dbPath), modeOf(replaced as string)]).toEqual([0o600, 0o600])
    expect(await restore({ dbPath, from: replaced as string, keepReplaced: false })).toMatchObject({ replaced: null })
    expect(rowsOf(dbPath)).toHaveLength(50)
    expect(readdirSync(dirname(dbPath)).filter((name) => name.includes('.replaced-'))).toHaveLength(1)
    expect(readdirSync(dirname(dbPath)).filter((name) => name.includes('draft'))).toEqual([])
  })

  it('makes a file where there is none, and takes one of the Python original', async () => {
    const dbPath = join(tempFolder(), 'new', 'usage.db')
    await restore({ dbPath, from: copyOfOriginal() })
    expect(rowsOf(dbPath)).toHaveLength(160)
    expect(modeOf(dirname(dbPath))).toBe(0o700)
  })

  it('puts a backup in the place of a damaged file', async () => {
    const dbPath = filled(30)
    const { path: from } = await backup({ dbPath })
    writeFileSync(dbPath, 'x'.repeat(8192))
    const { replaced } = await restore({ dbPath, from })
    expect(rowsOf(dbPath)).toHaveLength(30)
    expect(readFileSync(replaced as string, 'utf8')).toBe('x'.repeat(8192))
  })

  it('is noticed by who writes and by who reads: nothing given later is lost', async () => {
    const dbPath = tempDatabase()
    const writer = new SqliteWriter(dbPath)
    const reader = new FeatureTrackerDB(dbPath)
    onTestFinished(async () => {
      await writer.close()
      await reader.close()
    })
    await writer.insertRecords(someRecords(10))
    expect(await reader.getRecords()).toHaveLength(10)
    const { path: from } = await backup({ dbPath })
    await writer.insertRecords(someRecords(25))
    let added = 0
    const adding = setInterval(() => {
      writer.add(draft({ featureName: `during ${added++}` }))
    }, 1)
    await restore({ dbPath, from })
    const atRestore = added
    await expect.poll(() => added).toBeGreaterThan(atRestore + 20)
    clearInterval(adding)
    await writer.flush()
    const names = new Set(rowsOf(dbPath).map((row) => row['feature_name']))
    for (let n = atRestore; n < added; n++) expect(names.has(`during ${n}`), `during ${n}`).toBe(true)
    expect(rowsOf(dbPath, "WHERE feature_name NOT LIKE 'during %'")).toHaveLength(10)
    expect((await reader.getRecords()).length).toBe(rowsOf(dbPath).length)
  })

  it('waits for who holds an old state, and changes nothing where that takes too long', async () => {
    const dbPath = filled(30)
    const { path: from } = await backup({ dbPath })
    const { default: BetterSqlite3 } = await import('better-sqlite3')
    const held = new BetterSqlite3(dbPath)
    onTestFinished(() => {
      held.close()
    })
    held.exec('BEGIN')
    held.prepare('SELECT count(*) FROM feature_usage').get()
    store(dbPath, someRecords(40))
    await expect(restore({ dbPath, from, patienceMs: 50 })).rejects.toMatchObject({ code: 'unavailable' })
    expect(rowsOf(dbPath)).toHaveLength(40)
    held.exec('COMMIT')
    await restore({ dbPath, from, patienceMs: 50 })
    expect(rowsOf(dbPath)).toHaveLength(30)
  })
})

describe('R33: a path that is not what it seems', () => {
  it.each([
    ['..', (folder: string) => `${folder}/a/../b.db`],
    ['NUL', (folder: string) => `${folder}/b\0.db`],
    ['nothing', () => ' '],
    ['a folder', (folder: string) => folder],
    [
      'a link',
      (folder: string) => {
        symlinkSync('/etc/passwd', join(folder, 'link'))
        return join(folder, 'link')
      },
    ],
    [
      'a link to nothing',
      (folder: string) => {
        symlinkSync('/nonexistent/x', join(folder, 'dangling'))
        return join(folder, 'dangling')
      },
    ],
  ])('is refused: %s', async (_what, make) => {
    const dbPath = filled(5)
    const path = make(tempFolder())
    const before = readFileSync(dbPath)
    await expect(backup({ dbPath, to: path, overwrite: true })).rejects.toMatchObject({ code: 'bad_path' })
    await expect(restore({ dbPath, from: path })).rejects.toMatchObject({ code: 'bad_path' })
    expect(readFileSync(dbPath).equals(before)).toBe(true)
  })

  it('is refused where the database itself is a link', async () => {
    const from = (await backup({ dbPath: filled(5) })).path
    const folder = tempFolder()
    symlinkSync(from, join(folder, 'usage.db'))
    await expect(restore({ dbPath: join(folder, 'usage.db'), from })).rejects.toMatchObject({ code: 'bad_path' })
  })
})

describe('a file that is not ours', () => {
  const foreign: readonly (readonly [string, string])[] = [
    ['another database', 'DROP TABLE feature_usage; CREATE TABLE feature_other (a)'],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON feature_usage BEGIN DELETE FROM feature_usage; END'],
    ['a view', 'CREATE VIEW feature_v AS SELECT 1'],
    ['a table of others', 'CREATE TABLE wages (a)'],
    ['other columns', 'ALTER TABLE feature_usage RENAME COLUMN status TO state'],
    ['a newer schema', "INSERT INTO feature_tracking_schema VALUES (99, 'x', 'now')"],
  ]

  it.each(foreign)('is not restored: %s', async (_what, sql) => {
    const dbPath = filled(5)
    const { path: from } = await backup({ dbPath })
    change(from, sql)
    const before = readFileSync(from)
    await expect(restore({ dbPath, from })).rejects.toThrow(/not ours|no table|columns|without|knows up to/)
    expect(readFileSync(from).equals(before)).toBe(true)
    expect(rowsOf(dbPath)).toHaveLength(5)
  })

  it('is not restored: text, nothing, or a damaged backup; nor one with another checksum', async () => {
    const dbPath = filled(2000)
    const from = join(tempFolder(), 'x.db')
    writeFileSync(from, 'Dear diary')
    await expect(restore({ dbPath, from })).rejects.toMatchObject({ code: 'not_ours' })
    writeFileSync(from, '')
    await expect(restore({ dbPath, from })).rejects.toMatchObject({ code: 'empty' })
    const made = await backup({ dbPath })
    await expect(restore({ dbPath, from: made.path, checksum: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'damaged',
    })
    const bytes = readFileSync(made.path)
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 20_000)
    writeFileSync(made.path, bytes)
    await expect(restore({ dbPath, from: made.path })).rejects.toMatchObject({ code: 'corrupt' })
    expect(rowsOf(dbPath)).toHaveLength(2000)
    expect(existsSync(`${dbPath}.replaced`)).toBe(false)
  })
})

describe('R38: with umask 000', () => {
  it('folders are 0700 and files 0600', async () => {
    const old = process.umask(0)
    onTestFinished(() => {
      process.umask(old)
    })
    const dbPath = join(tempFolder(), 'a', 'usage.db')
    mkdirSync(dirname(dbPath), { mode: 0o700 })
    store(dbPath, someRecords(5))
    const made = await backup({ dbPath })
    const { replaced } = await restore({ dbPath, from: made.path })
    expect([dirname(made.path)].map(modeOf)).toEqual([0o700])
    expect([dbPath, made.path, replaced as string].map(modeOf)).toEqual([0o600, 0o600, 0o600])
  })
})
