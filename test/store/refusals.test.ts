import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { FeatureTrackerDB, openReader, SqliteReader, SqliteWriter } from '../../src/store/index.js'
import { copyOfOriginal, execute } from '../support/original.js'
import { record } from '../support/records.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

const NEWER = `
  CREATE TABLE feature_tracking_schema (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL);
  INSERT INTO feature_tracking_schema VALUES (999, 'from the future', '2099-01-01T00:00:00.000Z');`

/** What each way to a file says to it. */
async function answers(path: string): Promise<Record<string, unknown>> {
  const [writer, reader, inPlace, db] = [
    new SqliteWriter(path),
    new SqliteReader(path),
    openReader(path),
    new FeatureTrackerDB(path),
  ]
  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error: unknown) => error,
    )
  const said = {
    insertRecords: await errorOf(writer.insertRecords([record()])),
    getRecords: await errorOf(reader.getRecords()),
    'getRecords in place': await errorOf(inPlace.getRecords()),
    migrate: await errorOf(db.migrate()),
    insertRecord: await errorOf(db.insertRecord(record())),
  }
  for (const opened of [writer, reader, inPlace, db]) await opened.close()
  return said
}

async function expectRefused(path: string, code: string, ...words: string[]): Promise<void> {
  for (const [way, error] of Object.entries(await answers(path))) {
    expect(error, way).toMatchObject({ name: 'StoreError', code })
    for (const word of [path, ...words]) expect((error as Error).message, way).toContain(word)
  }
}

/** Every file of a folder with its bytes. */
function bytesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(`${folder}/${name}`).toString('base64')]),
  )
}

describe('a file that a newer version wrote', () => {
  it('is refused, and byte for byte the same afterwards', async () => {
    const path = copyOfOriginal()
    execute(path, NEWER)
    const before = bytesOf(dirname(path))
    await expectRefused(path, 'newer_schema', '999', 'update the package')
    expect(bytesOf(dirname(path))).toEqual(before)
  })

  it('is refused, and byte for byte the same, also in WAL mode', async () => {
    const path = copyOfOriginal()
    execute(path, `PRAGMA journal_mode = WAL; ${NEWER}`)
    const before = bytesOf(dirname(path))
    await expectRefused(path, 'newer_schema', '999')
    expect(bytesOf(dirname(path))).toEqual(before)
  })

  it('is refused, and byte for byte the same, also while the newer version has it open', async () => {
    const path = copyOfOriginal()
    const newer = new BetterSqlite3(path)
    newer.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; ${NEWER}`)
    const files = () => {
      const { 'usage.db': main, 'usage.db-wal': wal } = bytesOf(dirname(path))
      return { main, wal }
    }
    const before = files()
    await expectRefused(path, 'newer_schema', '999')
    expect(files()).toEqual(before)
    newer.close()
  })
})

describe('a file that is not ours', () => {
  it('is refused where its feature_usage is another table, and names what lacks', async () => {
    const path = tempDatabase()
    execute(
      path,
      "CREATE TABLE feature_usage (id TEXT, feature_name TEXT, uses INTEGER); INSERT INTO feature_usage VALUES ('1', 'theirs', 7)",
    )
    const before = bytesOf(dirname(path))
    await expectRefused(path, 'not_ours', 'category', 'another path')
    expect(bytesOf(dirname(path))).toEqual(before)
  })

  it('is refused where it is no database', async () => {
    const path = tempDatabase()
    writeFileSync(path, 'The quick brown fox jumps over the lazy dog.\n'.repeat(100))
    const before = bytesOf(dirname(path))
    await expectRefused(path, 'not_ours', 'not an SQLite database', 'another path')
    expect(bytesOf(dirname(path))).toEqual(before)
  })

  it('is refused where it is a folder', async () => {
    const path = tempDatabase()
    mkdirSync(path)
    await expectRefused(path, 'unavailable', 'is a folder', 'the path of a file')
    expect(readdirSync(dirname(path))).toEqual(['usage.db'])
    expect(readdirSync(path)).toEqual([])
  })

  it('is refused where a folder above it is a file', async () => {
    const folder = tempFolder()
    writeFileSync(`${folder}/file`, 'text')
    const path = `${folder}/file/usage.db`
    const { insertRecords, migrate } = await answers(path)
    for (const error of [insertRecords, migrate])
      expect(error).toMatchObject({
        name: 'StoreError',
        code: 'unavailable',
        message: expect.stringContaining(path) as string,
      })
  })
})

describe('a database without our table', () => {
  it('says that nothing was ever tracked in it, and is left as it is', async () => {
    const path = tempDatabase()
    execute(path, 'CREATE TABLE notes (text TEXT)')
    const before = bytesOf(dirname(path))
    for (const reader of [new SqliteReader(path), openReader(path)]) {
      for (const ask of ['getRecords', 'getUsageStats', 'getTopFeatures'] as const)
        await expect(reader[ask]()).rejects.toMatchObject({
          name: 'StoreError',
          code: 'empty',
          message: expect.stringContaining(path) as string,
        })
      await reader.close()
    }
    expect(bytesOf(dirname(path))).toEqual(before)
  })
})

describe('a file that is damaged', () => {
  it('is refused as corrupt', async () => {
    const path = copyOfOriginal()
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096)
    writeFileSync(path, bytes)
    const reader = openReader(path)
    await expect(reader.getRecords()).rejects.toMatchObject({
      name: 'StoreError',
      code: 'corrupt',
      message: expect.stringContaining(path) as string,
    })
    await reader.close()
  })
})

describe('a file that is not there', () => {
  it('cannot be asked, and no question makes it', async () => {
    const folder = tempFolder()
    const path = `${folder}/none/usage.db`
    for (const reader of [new SqliteReader(path), openReader(path)]) {
      for (const ask of ['getRecords', 'getUsageStats', 'getTopFeatures'] as const)
        await expect(reader[ask]()).rejects.toMatchObject({
          name: 'StoreError',
          code: 'not_found',
          message: expect.stringContaining(path) as string,
        })
      await reader.close()
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('is found once it is there', async () => {
    const path = tempDatabase()
    const [reader, writer] = [new SqliteReader(path), new SqliteWriter(path)]
    await expect(reader.getRecords()).rejects.toMatchObject({ code: 'not_found' })
    await writer.insertRecords([record()])
    expect(await reader.getRecords()).toHaveLength(1)
    await Promise.all([reader.close(), writer.close()])
  })

  it('is made with its folders at the first batch, not before', async () => {
    const folder = tempFolder()
    const path = `${folder}/a/b/usage.db`
    const writer = new SqliteWriter(path)
    await writer.flush()
    expect(readdirSync(folder)).toEqual([])
    await writer.insertRecords([record()])
    expect(readdirSync(dirname(path))).toContain('usage.db')
    await writer.close()
    expect(readdirSync(dirname(path))).toEqual(['usage.db'])
  })
})
