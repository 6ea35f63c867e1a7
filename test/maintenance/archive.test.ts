import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { archive, cleanup, unarchive } from '../../src/maintenance/index.js'
import { expectClose } from '../store/close.js'
import { tempDatabase, tempFolder } from '../support/temp.js'
import { change, DAY, FIRST, rebuild, rowsOf, someRecords, statistics, store } from './support.js'
import { unusualRows } from './unusual.js'

const at = (days: number) => FIRST + days * DAY

function filled(count = 3000): string {
  const dbPath = tempDatabase()
  store(dbPath, someRecords(count))
  return dbPath
}

describe('archive', () => {
  it('moves rows into a file and back; statistics are the same all the while', async () => {
    const dbPath = filled()
    const [rows, before] = [rowsOf(dbPath), await statistics(dbPath)]
    expect(await archive({ dbPath, before: at(4), dryRun: true })).toMatchObject({ rows: 1200, path: null })
    const made = await archive({ dbPath, before: at(4) })
    expect(made).toMatchObject({ rows: 1200, removed: 1200, bytes: statSync(made.path as string).size })
    expect(dirname(made.path as string)).toBe(join(dirname(dbPath), 'archives'))
    expect(statSync(made.path as string).mode & 0o777).toBe(0o600)
    expect(rowsOf(dbPath)).toEqual(rows.slice(1200))
    expectClose(await statistics(dbPath), before)
    const back = { dbPath, from: made.path as string }
    expect(await unarchive({ ...back, dryRun: true })).toMatchObject({ rows: 1200, inserted: 0 })
    expect(await unarchive(back)).toMatchObject({ rows: 1200, inserted: 1200, checksum: made.checksum })
    expect(await unarchive(back)).toMatchObject({ rows: 1200, inserted: 0 })
    expect(rowsOf(dbPath)).toEqual(rows)
    expectClose(await statistics(dbPath), before)
    rebuild(dbPath)
    expectClose(await statistics(dbPath), before)
  })

  it('adds to the statistics of another database, and of the same once they were dropped', async () => {
    const dbPath = filled()
    const before = await statistics(dbPath)
    const { path: from } = (await archive({ dbPath, maxRows: 0 })) as { path: string }
    const other = tempDatabase()
    await unarchive({ dbPath: other, from })
    expectClose(await statistics(other), before)
    store(dbPath, someRecords(1))
    await cleanup({ dbPath, before: at(11), dropStatistics: true })
    await unarchive({ dbPath, from })
    expectClose(await statistics(dbPath), before)
  })

  it('has every value, also unusual ones', async () => {
    await fc.assert(
      fc.asyncProperty(unusualRows, async (rows) => {
        const dbPath = tempDatabase()
        store(dbPath, [])
        const database = new BetterSqlite3(dbPath)
        const insert = database.prepare(`INSERT OR IGNORE INTO feature_usage VALUES (${'?,'.repeat(14)}?)`)
        for (const row of rows) insert.run(row)
        database.close()
        const all = exactRows(dbPath)
        const { path, removed } = await archive({ dbPath, before: Date.UTC(2027, 0, 1) })
        expect(exactRows(dbPath)).toHaveLength(all.length - removed)
        if (path === null) return
        await unarchive({ dbPath, from: path })
        expect(exactRows(dbPath)).toEqual(all)
      }),
      { numRuns: 12 },
    )
  })

  it('is JSON Lines by the columns of the table', async () => {
    const dbPath = filled(30)
    const { path } = await archive({ dbPath, before: at(1) })
    const lines = gunzipSync(readFileSync(path as string))
      .toString()
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ format: 'feature-tracking-archive', version: 1 }),
      expect.objectContaining({ feature_name: 'search', start_time: '2026-01-01T00:00:00.000000+00:00' }),
      expect.objectContaining({ feature_name: 'export' }),
      expect.objectContaining({ feature_name: 'größe ✓' }),
      { rows: 3, checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    ])
  })

  it('of nothing makes no file', async () => {
    expect(await archive({ dbPath: filled(10), before: at(-1) })).toMatchObject({ path: null, rows: 0 })
  })

  it('is refused where it would overwrite, or has a name of no format', async () => {
    const dbPath = filled(10)
    const to = join(tempFolder(), 'a.jsonl.gz')
    writeFileSync(to, '')
    await expect(archive({ dbPath, before: at(5), to })).rejects.toMatchObject({ code: 'exists' })
    await expect(archive({ dbPath, before: at(5), to: `${to}.zip` })).rejects.toMatchObject({ code: 'refused' })
    await expect(archive({ dbPath, before: at(5), to: `${dirname(to)}/../a.jsonl.gz` })).rejects.toMatchObject({
      code: 'bad_path',
    })
  })

  it('that is damaged gives nothing back', async () => {
    const dbPath = filled(500)
    const { path: from } = (await archive({ dbPath, maxRows: 0 })) as { path: string }
    const whole = readFileSync(from)
    const text = gunzipSync(whole).toString()
    const damages = [
      whole.subarray(0, whole.length / 2),
      gzipSync(text.replace('search', 'serach')),
      gzipSync(text.split('\n').slice(0, -2).join('\n')),
      gzipSync(text.split('\n').slice(0, 100).join('\n')),
      gzipSync('Dear diary\nI'),
      gzipSync(''),
      Buffer.from('Dear diary'),
    ]
    for (const damaged of damages) {
      writeFileSync(from, damaged)
      await expect(unarchive({ dbPath, from })).rejects.toMatchObject({ code: 'damaged' })
    }
    writeFileSync(from, gzipSync('{"a":1}\n{}\n{}\n'))
    await expect(unarchive({ dbPath, from })).rejects.toMatchObject({ code: 'refused' })
    expect(rowsOf(dbPath)).toEqual([])
  })

  it('leaves a row that somebody removed meanwhile, and takes none that came', async () => {
    const dbPath = filled(100)
    let isChanged = false
    const made = await archive({
      dbPath,
      before: at(20),
      get signal() {
        if (!isChanged && rowsOf(dbPath).length === 100) {
          isChanged = true
          change(dbPath, 'DELETE FROM feature_usage WHERE rowid = 7')
        }
        return undefined
      },
    })
    expect(made.rows - made.removed).toBeLessThanOrEqual(1)
    expect(rowsOf(dbPath)).toEqual([])
  })
})

/** With whole numbers as they are. */
function exactRows(path: string): unknown[] {
  const database = new BetterSqlite3(path)
  try {
    return database
      .prepare('SELECT *, typeof(duration) AS d, typeof(input_size) AS i FROM feature_usage ORDER BY id')
      .safeIntegers()
      .all()
  } finally {
    database.close()
  }
}
