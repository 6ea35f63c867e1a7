import { describe, expect, it } from 'vitest'
import { FeatureTrackerDB } from '../../src/store/index.js'
import { copyOfOriginal, execute, ORIGINAL, sql } from '../support/original.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'

interface Entry {
  name: string
  sql: string
}

/** What makes up the documented table, whatever the blanks in its text. */
function documented(path: string): Entry[] {
  const entries = sql<Entry>(
    path,
    "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'feature_usage' AND sql IS NOT NULL ORDER BY type DESC, name",
  )
  return entries.map((entry) => ({
    name: entry.name,
    sql: entry.sql.replaceAll(/\s+/g, ' ').replaceAll(/\s*([(),])\s*/g, '$1'),
  }))
}

async function write(path: string): Promise<void> {
  const db = new FeatureTrackerDB(path)
  await db.insertRecord(record())
  await db.close()
}

describe('the schema of a new file', () => {
  it('has table and four indexes with the very text of the Python original', async () => {
    const path = tempDatabase()
    await write(path)
    expect(documented(path)).toEqual(documented(ORIGINAL))
    expect(documented(path).map(({ name }) => name)).toEqual([
      'feature_usage',
      'idx_category',
      'idx_feature_name',
      'idx_start_time',
      'idx_user_id',
    ])
  })

  it('is in WAL mode', async () => {
    const path = tempDatabase()
    await write(path)
    expect(sql(path, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
  })

  it('records its migrations in a table of its own', async () => {
    const path = tempDatabase()
    const db = new FeatureTrackerDB(path)
    const { current, latest } = await db.migrate()
    await db.close()
    expect(current).toBe(latest)
    const steps = sql<{ version: number; name: string; applied_at: string }>(
      path,
      'SELECT * FROM feature_tracking_schema ORDER BY version',
    )
    expect(steps.map(({ version }) => version)).toEqual(Array.from({ length: latest }, (_, index) => index + 1))
    for (const step of steps) {
      expect(step.name).not.toBe('')
      expect(new Date(step.applied_at).toISOString()).toBe(step.applied_at)
    }
  })
})

describe('migrating', () => {
  it("the original's file keeps its rows, its table and its indexes", async () => {
    const path = copyOfOriginal()
    const rows = sql(path, 'SELECT * FROM feature_usage ORDER BY id')
    const db = new FeatureTrackerDB(path)
    expect((await db.schemaStatus()).current).toBe(0)
    const status = await db.migrate()
    expect(status.current).toBe(status.latest)
    expect(await db.schemaStatus()).toEqual(status)
    await db.close()
    expect(sql(path, 'SELECT * FROM feature_usage ORDER BY id')).toEqual(rows)
    expect(documented(path)).toEqual(documented(ORIGINAL))
  })

  it('leaves tables, indexes and triggers alone that others made', async () => {
    const path = copyOfOriginal()
    execute(
      path,
      `
      CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
      CREATE INDEX notes_text ON notes(text);
      CREATE TRIGGER noted AFTER INSERT ON feature_usage BEGIN INSERT INTO notes (text) VALUES (new.feature_name); END;
      INSERT INTO notes (text) VALUES ('mine');
    `,
    )
    const others = () =>
      sql(path, "SELECT name, sql FROM sqlite_master WHERE name IN ('notes', 'notes_text', 'noted') ORDER BY name")
    const before = others()
    const db = new FeatureTrackerDB(path)
    await db.insertRecord(record({ featureName: 'search' }))
    await db.close()
    expect(others()).toEqual(before)
    expect(sql(path, 'SELECT text FROM notes ORDER BY id')).toEqual([{ text: 'mine' }, { text: 'search' }])
  })

  it('makes an index that lacks', async () => {
    const path = copyOfOriginal()
    execute(path, 'DROP INDEX idx_user_id')
    await write(path)
    expect(documented(path)).toEqual(documented(ORIGINAL))
  })

  it('done twice changes nothing', async () => {
    const path = tempDatabase()
    await write(path)
    const steps = sql(path, 'SELECT * FROM feature_tracking_schema')
    await write(path)
    const db = new FeatureTrackerDB(path)
    await Promise.all([db.migrate(), db.migrate()])
    await db.close()
    expect(sql(path, 'SELECT * FROM feature_tracking_schema')).toEqual(steps)
  })

  it('takes a file of no bytes for a new one', async () => {
    const path = tempDatabase()
    execute(path, '')
    await write(path)
    expect(documented(path)).toEqual(documented(ORIGINAL))
  })
})
