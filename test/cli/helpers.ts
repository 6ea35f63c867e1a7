import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import BetterSqlite3 from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import type { CliIO } from '../../src/cli/io.js'
import { run } from '../../src/cli/run.js'

const FIXTURE = fileURLToPath(new URL('../fixtures/python-original.db', import.meta.url))

/** Half an hour after the fixture's calls, in the zone of this process. */
export const NOW = new Date(2026, 10, 24, 16, 36, 15).getTime()

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process. */
export async function cli(argv: readonly string[], surroundings: Partial<CliIO> = {}): Promise<Outcome> {
  const stdout = new Sink()
  const stderr = new Sink()
  const io = { stdout, stderr, env: {}, isTTY: false, columns: undefined, now: () => NOW, ...surroundings }
  const code = await run(argv, io)
  return { code, stdout: stdout.text, stderr: stderr.text }
}

export class Sink extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'feature-tracking-cli-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** A copy of the file that the Python original wrote: 160 calls. */
export function originalFile(): string {
  const path = join(temporaryFolder(), 'usage.db')
  copyFileSync(FIXTURE, path)
  return path
}

/** The same tables without a row. */
export function emptyFile(): string {
  const path = originalFile()
  change(path, (database) => database.exec('DELETE FROM feature_usage'))
  return path
}

export interface StoredRow {
  id: string
  feature_name: string
  category: string
  status: string
  duration: number
  start_time: string
  metadata: string | null
  user_id: string | null
  error_message: string | null
  efficiency_score: number | null
}

/** Adds rows as somebody else might have written them: nothing is checked on the way. */
export function addRows(path: string, rows: readonly Partial<StoredRow>[]): string {
  change(path, (database) => {
    const insert = database.prepare(
      `INSERT INTO feature_usage VALUES (@id, @feature_name, @category, @status, @duration, @start_time, @start_time,
       0, 0, @metadata, @user_id, 's', @error_message, @efficiency_score, 1)`,
    )
    const write = database.transaction(() => {
      for (const [index, row] of rows.entries()) insert.run({ ...DEFAULT_ROW, id: `row-${index}`, ...row })
    })
    write()
  })
  return path
}

const DEFAULT_ROW: Omit<StoredRow, 'id'> = {
  feature_name: 'f',
  category: 'other',
  status: 'success',
  duration: 0.001,
  start_time: '2026-11-24T16:10:00.000000',
  metadata: null,
  user_id: null,
  error_message: null,
  efficiency_score: null,
}

function change(path: string, work: (database: BetterSqlite3.Database) => void): void {
  const database = new BetterSqlite3(path)
  work(database)
  database.close()
}
