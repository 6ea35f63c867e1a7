import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { migrate, migrationStatus } from '../../src/maintenance/index.js'
import { change } from '../maintenance/support.js'
import { ROOT } from '../support/child.js'
import { copyOfOriginal, execute, sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

const KILLS = Number(process.env['KILLS'] ?? 50)

const PROGRAM = `
  import { writeSync } from 'node:fs'
  import { migrate } from '@cloudcurio/feature-tracking/maintenance'
  writeSync(1, 'ready')
  await migrate({ dbPath: process.argv[1], backup: false })
  writeSync(1, 'done')
`

/** A file of the original's with 20,000 rows, and an index less: to make it anew takes a while. */
function original(): string {
  const path = copyOfOriginal()
  execute(
    path,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 125)
     INSERT INTO feature_usage SELECT id || i, feature_name, category, status, duration, start_time, end_time, input_size,
       output_size, metadata, user_id, session_id, error_message, efficiency_score, iterations FROM feature_usage, n;
     DROP INDEX idx_user_id; DROP INDEX idx_feature_name; DROP INDEX idx_category; DROP INDEX idx_start_time`,
  )
  return path
}

async function killed(path: string, after: number): Promise<boolean> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM, path], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), after)
    said += text
  })
  await once(child, 'close')
  return said.includes('done')
}

describe('R15: a migration', () => {
  it(`killed ${KILLS} times leaves the old schema or the new one, never one between`, async () => {
    const source = original()
    const schemaOf = (path: string) => sql<{ sql: string }>(path, 'SELECT sql FROM sqlite_schema ORDER BY name, sql')
    const old = schemaOf(source)
    const whole = tempDatabase()
    copyFileSync(source, whole)
    await migrate({ dbPath: whole, backup: false })
    const latest = schemaOf(whole)
    const found = { old: 0, new: 0, whole: 0 }
    for (let round = 0; round < KILLS; round++) {
      const path = tempDatabase()
      copyFileSync(source, path)
      if (await killed(path, Math.random() * 120)) found.whole++
      const { current, latest: newest } = migrationStatus({ dbPath: path })
      expect([0, newest]).toContain(current)
      expect(schemaOf(path)).toEqual(current === 0 ? old : latest)
      found[current === 0 ? 'old' : 'new']++
      expect(sql(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
      expect(sql(path, 'SELECT count(*) AS n FROM feature_usage')).toEqual([{ n: 160 * 126 }])
      await migrate({ dbPath: path, backup: false })
      expect(schemaOf(path)).toEqual(latest)
    }
    console.log(
      `R15: ${KILLS} kills of a migration: ${found.old} times the old schema, ${found.new} times the new one (${found.whole} had ended before), 0 between; integrity ok each time`,
    )
  })

  it('refuses a newer schema, and leaves every byte', async () => {
    const path = copyOfOriginal()
    await migrate({ dbPath: path, backup: false })
    change(path, "INSERT INTO feature_tracking_schema VALUES (99, 'x', 'now'); PRAGMA journal_mode = DELETE")
    const before = readFileSync(path)
    await expect(migrate({ dbPath: path })).rejects.toMatchObject({ code: 'newer_schema' })
    expect(readFileSync(path).equals(before)).toBe(true)
    console.log('R15: a newer schema is refused, its file byte for byte as before')
  })
})
