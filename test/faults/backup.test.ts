import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { backup, restore } from '../../src/maintenance/index.js'
import { rowsOf, someRecords, store } from '../maintenance/support.js'
import { ROOT, startNode } from '../support/child.js'
import { DRAFT_SOURCE } from '../support/drafts.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

const BACKUPS = Number(process.env['BACKUPS'] ?? 100)
const PER_FILE = 10
const KILLS = Number(process.env['KILLS'] ?? 50)

/** Adds 5000 records a second until its input ends. */
const WRITER = `
  import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
  ${DRAFT_SOURCE}
  const writer = new SqliteWriter(process.argv[1])
  let n = 0
  const started = performance.now()
  const timer = setInterval(() => {
    const due = (performance.now() - started) * 5
    while (n < due) writer.add(draft({ featureName: 'f' + (n % 20), iterations: ++n }))
    writer.send()
  }, 4)
  console.log('ready')
  process.on('SIGTERM', async () => {
    clearInterval(timer)
    await writer.flush()
    await writer.close()
    console.log(JSON.stringify({ added: n }))
    process.exit(0)
  })
`

describe('R16', () => {
  it(`${BACKUPS} backups while another process stores 5000 records a second are whole`, async () => {
    const times: number[] = []
    let stored = 0
    // A file that grows all the while would take ever longer to copy.
    for (let from = 0; from < BACKUPS; from += PER_FILE) {
      const { added, seconds } = await backUpOften(Math.min(PER_FILE, BACKUPS - from))
      stored += added
      times.push(...seconds)
    }
    const sorted = times.toSorted((a, b) => a - b)
    console.log(
      `R16: ${BACKUPS} backups beside ${stored} records stored, integrity ok each time, 0 records lost; median ${(sorted[Math.floor(sorted.length / 2)] as number).toFixed(2)} s, longest ${(sorted.at(-1) as number).toFixed(2)} s`,
    )
  })

  it(`a restore killed ${KILLS} times leaves the original or the restored file, whole`, async () => {
    const dbPath = tempDatabase()
    store(dbPath, someRecords(20_000))
    const { path: from } = await backup({ dbPath })
    store(dbPath, someRecords(20_500))
    const found = { original: 0, restored: 0 }
    for (let round = 0; round < KILLS; round++) {
      await killedRestore(dbPath, from, Math.random() * 500)
      const rows = rowsOf(dbPath).length
      expect([20_000, 20_500]).toContain(rows)
      expect(sql(dbPath, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
      found[rows === 20_500 ? 'original' : 'restored']++
      store(dbPath, someRecords(20_500))
    }
    await restore({ dbPath, from })
    expect(rowsOf(dbPath)).toHaveLength(20_000)
    expect(readdirSync(dirname(from))).toHaveLength(1)
    console.log(
      `R16: ${KILLS} kills of a restore: ${found.original} times the original, ${found.restored} times the restored file, 0 broken`,
    )
  })
})

async function backUpOften(count: number): Promise<{ added: number; seconds: number[] }> {
  const dbPath = tempDatabase()
  const writer = startNode(WRITER, { args: [dbPath] })
  onTestFinished(() => {
    writer.kill('SIGKILL')
  })
  await writer.said('ready')
  await expect.poll(() => rowsIn(dbPath), { timeout: 20_000 }).toBeGreaterThan(1000)
  const seconds: number[] = []
  let last = 0
  for (let round = 0; round < count; round++) {
    const made = await backup({ dbPath })
    seconds.push(made.seconds)
    expect(made.rows).toBeGreaterThanOrEqual(last)
    last = made.rows
    expect(sql(made.path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    rmSync(made.path)
  }
  writer.kill('SIGTERM')
  const { stdout } = await writer.result
  const { added } = JSON.parse(stdout.split('\n')[1] as string) as { added: number }
  expect(rowsIn(dbPath)).toBe(added)
  return { added, seconds }
}

function rowsIn(path: string): number {
  try {
    return sql<{ n: number }>(path, 'SELECT count(*) AS n FROM feature_usage')[0]?.n ?? 0
  } catch {
    return 0
  }
}

async function killedRestore(dbPath: string, from: string, after: number): Promise<void> {
  const program = `
    import { writeSync } from 'node:fs'
    import { restore } from '@cloudcurio/feature-tracking/maintenance'
    writeSync(1, 'ready')
    await restore({ dbPath: process.argv[1], from: process.argv[2], keepReplaced: false })
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, dbPath, from], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), after))
  await once(child, 'close')
}
