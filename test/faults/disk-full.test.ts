import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SqliteWriter } from '../../src/store/index.js'
import { draft } from '../support/drafts.js'
import { sql } from '../support/original.js'
import { tempFolder } from '../support/temp.js'

/** A small file system in memory, or undefined where this process may not mount one. */
function smallDisk(options: string): string | undefined {
  const folder = tempFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder])
  })
  return folder
}

describe('R8: a full disk', () => {
  it('leaves the host alone, is counted, and is over soon after there is room', async (context) => {
    const folder = smallDisk('size=8m')
    if (folder === undefined) return context.skip('R8: mounting a tmpfs is refused here')
    const path = `${folder}/usage.db`
    const problems: { topic: string; message: string }[] = []
    const writer = new SqliteWriter(path, { onProblem: (topic, message) => problems.push({ topic, message }) })
    writer.add(draft())
    await writer.flush()
    writeFileSync(`${folder}/ballast`, Buffer.alloc(7 * 1024 * 1024 - 300_000))
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    let added = 1
    const end = Date.now() + 4000
    while (Date.now() < end) {
      for (let n = 0; n < 100; n++) if (writer.add(draft())) added++
      writer.send()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    delay.disable()
    const full = writer.health()
    expect(full.database.status).toBe('unavailable')
    expect(full.waitingRecords).toBeGreaterThan(0)
    const told = problems.filter(({ topic }) => topic === 'database_unavailable')
    expect(told).toHaveLength(1)
    expect(told[0]?.message).toContain(path)
    rmSync(`${folder}/ballast`)
    const start = performance.now()
    await expect.poll(() => writer.health().database.status, { interval: 10, timeout: 10_000 }).toBe('ok')
    const seconds = (performance.now() - start) / 1000
    await writer.flush()
    const dropped = Object.values(writer.health().dropped).reduce((sum, count) => sum + count, 0)
    const rows = sql<{ n: number }>(path, 'SELECT count(*) AS n FROM feature_usage')[0]?.n
    await writer.close()
    const p99 = delay.percentile(99) / 1e6
    console.log(
      `R8: disk full for 4 s: ${full.waitingRecords} records waited, resumed ${seconds.toFixed(2)} s after space returned, ${added - (rows ?? 0)} of ${added} lost, ${dropped} dropped, event-loop delay p99 ${p99.toFixed(1)} ms`,
    )
    expect(rows).toBe(added)
    expect(seconds).toBeLessThan(5)
  })
})

describe('R9: a disk that turns read-only', () => {
  it('makes records wait; one warning names the path', async (context) => {
    const folder = smallDisk('size=32m')
    if (folder === undefined) return context.skip('R9: mounting a tmpfs is refused here')
    const path = `${folder}/usage.db`
    const problems: { topic: string; message: string }[] = []
    const writer = new SqliteWriter(path, { onProblem: (topic, message) => problems.push({ topic, message }) })
    writer.add(draft())
    await writer.close()
    execFileSync('mount', ['-o', 'remount,ro', folder])
    const next = new SqliteWriter(path, { onProblem: (topic, message) => problems.push({ topic, message }) })
    for (let n = 0; n < 500; n++) next.add(draft())
    next.send()
    await expect.poll(() => next.health().database.status).toBe('unavailable')
    await next.flush()
    const told = problems.filter(({ topic }) => topic === 'database_unavailable')
    expect(told).toHaveLength(1)
    expect(told[0]?.message).toContain(path)
    execFileSync('mount', ['-o', 'remount,rw', folder])
    await expect.poll(() => next.health().stored, { timeout: 10_000 }).toBe(500)
    await next.close()
    console.log('R9: a read-only disk: 0 of 500 records lost, 1 warning')
  })
})
