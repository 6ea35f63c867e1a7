import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrate, migrationStatus, refuseDowngrade, restore } from '../../src/maintenance/index.js'
import { copyOfOriginal } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'
import { change, rowsOf, someRecords, store } from './support.js'

/** A file as each earlier version left it. */
function fileOf(version: number): string {
  if (version === 0) return copyOfOriginal()
  const path = tempDatabase()
  store(path, someRecords(50))
  change(path, `DELETE FROM feature_tracking_schema WHERE version > ${version}`)
  if (version < 3) change(path, 'DROP TABLE feature_traces')
  if (version < 2) for (const table of rollupTables(path)) change(path, `DROP TABLE ${table}`)
  return path
}

function rollupTables(path: string): string[] {
  return rowsOfSchema(path).filter((name) => name.startsWith('feature_rollup_'))
}

function rowsOfSchema(path: string): string[] {
  const text = readFileSync(path, 'latin1')
  return [...new Set([...text.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name as string))]
}

describe('migrate', () => {
  it.each([0, 1, 2])('brings a file of version %d up to date, with a backup', async (version) => {
    const dbPath = fileOf(version)
    const rows = rowsOf(dbPath)
    const status = migrationStatus({ dbPath })
    expect(status).toMatchObject({ current: version, path: dbPath })
    expect(status.pending.map((step) => step.version)).toEqual(
      Array.from({ length: status.latest - version }, (_, index) => version + 1 + index),
    )
    const done = await migrate({ dbPath })
    expect(done).toMatchObject({ from: version, current: status.latest, pending: [] })
    expect(rowsOf(dbPath)).toEqual(rows)
    expect(migrationStatus({ dbPath: done.backup?.path }).current).toBe(version)
    await restore({ dbPath, from: done.backup?.path as string })
    expect(migrationStatus({ dbPath }).current).toBe(version)
  })

  it('does nothing where nothing is to be done, and makes no backup where none is wanted', async () => {
    const dbPath = copyOfOriginal()
    expect((await migrate({ dbPath, backup: false })).backup).toBeNull()
    expect(await migrate({ dbPath })).toMatchObject({ from: 3, backup: null })
    expect(readdirSync(dirname(dbPath)).filter((name) => name.includes('before'))).toEqual([])
  })

  it('never goes back, and says what to do instead', () => {
    const dbPath = fileOf(3)
    expect(() => refuseDowngrade({ dbPath })).toThrow(/version 3.*restore the backup/s)
  })

  it('refuses a newer file, and leaves every byte of it', async () => {
    const dbPath = fileOf(3)
    change(dbPath, "INSERT INTO feature_tracking_schema VALUES (99, 'x', 'now'); PRAGMA journal_mode = DELETE")
    const before = readFileSync(dbPath)
    await expect(migrate({ dbPath })).rejects.toMatchObject({ code: 'newer_schema' })
    expect(readFileSync(dbPath).equals(before)).toBe(true)
  })
})
