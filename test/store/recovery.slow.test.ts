import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SqliteReader, SqliteWriter, type SqliteWriterOptions } from '../../src/store/index.js'
import { runNode } from '../support/child.js'
import { draft, DRAFT_SOURCE } from '../support/drafts.js'
import { sql } from '../support/original.js'
import { record } from '../support/records.js'
import { tempDatabase, tempFolder } from '../support/temp.js'
import { threads } from '../support/threads.js'

const rowsOf = (path: string) => sql<{ n: number }>(path, 'SELECT count(*) AS n FROM feature_usage')[0]?.n
const filesBeside = (path: string) => readdirSync(dirname(path)).toSorted()

interface Opened {
  readonly path: string
  readonly writer: SqliteWriter
  readonly problems: { topic: string; message: string; count: number }[]
}

function open(path = tempDatabase(), options: SqliteWriterOptions = {}): Opened {
  const problems: Opened['problems'] = []
  const onProblem: SqliteWriterOptions['onProblem'] = (topic, message, count) =>
    problems.push({ topic, message, count })
  const writer = new SqliteWriter(path, { onProblem, ...options })
  onTestFinished(() => writer.close())
  return { path, writer, problems }
}

function add(writer: SqliteWriter, count: number): void {
  for (let n = 0; n < count; n++) writer.add(draft())
  writer.send()
}

describe('R9: a path that cannot be written', () => {
  it.each(['a folder', 'below a file'])(
    '%s: records wait, one warning names the path, and nothing is lost',
    async (kind) => {
      const folder = tempFolder()
      const path = kind === 'a folder' ? `${folder}/usage.db` : `${folder}/file/usage.db`
      if (kind === 'a folder') mkdirSync(path)
      else writeFileSync(`${folder}/file`, '')
      const { writer, problems } = open(path)
      add(writer, 10)
      await expect.poll(() => writer.health().database.status, { timeout: 20_000 }).toBe('unavailable')
      await writer.flush()
      add(writer, 5)
      const told = problems.filter(({ topic }) => topic === 'database_unavailable')
      expect(told).toHaveLength(1)
      expect(told[0]?.message).toContain(path)
      expect(writer.health()).toMatchObject({ waitingRecords: 15, stored: 0, dropped: {} })
      if (kind === 'a folder') rmdirSync(path)
      else rmSync(`${folder}/file`)
      await expect.poll(() => writer.health().stored, { timeout: 10_000 }).toBe(15)
      expect(writer.health().database).toEqual({ status: 'ok' })
      console.log(`R9: the path is ${kind}: 0 of 15 records lost, 1 warning`)
    },
  )

  it('leaves what waits to the next writer, where the path stays as it is', async () => {
    const path = tempDatabase()
    mkdirSync(path)
    const { writer } = open(path)
    add(writer, 20)
    await writer.flush()
    await writer.close()
    rmdirSync(path)
    const next = open(path)
    add(next.writer, 1)
    await expect.poll(() => next.writer.health().recovered, { timeout: 20_000 }).toEqual({ records: 20, lost: 0 })
    expect(rowsOf(path)).toBe(21)
  })
})

describe('a lock that another holds for long', () => {
  it('makes records wait in the spool, out of memory', async () => {
    const { path, writer } = open()
    await writer.insertRecords([record()])
    const holder = new BetterSqlite3(path)
    holder.exec('BEGIN IMMEDIATE')
    // Beyond what may wait in memory.
    for (let n = 0; n < 100_000; n++) writer.add(draft())
    writer.send()
    await expect.poll(() => writer.health().spool.records, { timeout: 20_000 }).toBe(100_000)
    await expect.poll(() => writer.health().waitingBytes, { timeout: 20_000 }).toBeLessThan(8.5 * 1024 * 1024)
    holder.exec('COMMIT')
    holder.close()
    await writer.flush()
    expect(writer.health()).toMatchObject({ waitingRecords: 0, stored: 100_000, dropped: {} })
    expect(writer.health().spool).toEqual({ records: 0, bytes: 0 })
    expect(rowsOf(path)).toBe(100_001)
  })

  it('drops and counts what neither spool nor memory hold', async () => {
    const { path, writer } = open(undefined, { maxSpoolBytes: 100_000, maxWaitingRecords: 2000 })
    await writer.insertRecords([record()])
    const holder = new BetterSqlite3(path)
    holder.exec('BEGIN IMMEDIATE')
    let taken = 0
    for (let round = 0; round < 100; round++) {
      for (let n = 0; n < 100; n++) if (writer.add(draft())) taken++
      writer.send()
      await new Promise(setImmediate)
    }
    holder.exec('COMMIT')
    holder.close()
    await writer.flush()
    const dropped = Object.values(writer.health().dropped).reduce((sum, count) => sum + count, 0)
    expect(taken + dropped).toBe(10_000)
    expect(dropped).toBeGreaterThan(0)
    expect(rowsOf(path)).toBe(taken + 1)
  })
})

describe('R11: a file that is removed or replaced while it is in use', () => {
  it.each(['removed', 'replaced'])('%s: it is noticed, and what comes later is stored', async (what) => {
    const { path, writer, problems } = open()
    add(writer, 3)
    await writer.flush()
    const start = performance.now()
    if (what === 'removed') rmSync(path)
    else {
      const other = tempDatabase()
      const made = new SqliteWriter(other)
      await made.insertRecords([record()])
      await made.close()
      renameSync(other, path)
    }
    if (what === 'replaced') await expect.poll(() => problems.length, { timeout: 10_000 }).toBe(1)
    const seconds = (performance.now() - start) / 1000
    add(writer, 7)
    await writer.flush()
    expect(problems.map(({ topic }) => topic)).toEqual(['database_replaced'])
    expect(problems[0]?.message).toContain(path)
    expect(rowsOf(path)).toBe(what === 'removed' ? 7 : 8)
    expect(sql(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    console.log(`R11: ${what}: noticed after ${seconds.toFixed(1)} s, 0 of 7 later records lost`)
    expect(seconds).toBeLessThan(5)
  })
})

describe('R11: a reader', () => {
  it('answers from the file that is there, when another was put in its place', async () => {
    const { path, writer } = open()
    add(writer, 3)
    await writer.close()
    const reader = new SqliteReader(path)
    onTestFinished(() => reader.close())
    expect((await reader.getUsageStats()).totalCalls).toBe(3)
    const other = open()
    add(other.writer, 5)
    await other.writer.close()
    renameSync(other.path, path)
    expect((await reader.getUsageStats()).totalCalls).toBe(5)
    rmSync(path)
    await expect(reader.getUsageStats()).rejects.toThrow('there is no file')
  })
})

describe('R10: a damaged file', () => {
  it('is set aside with its log, never deleted, and a new one is started', async () => {
    const { path, writer, problems } = open()
    add(writer, 2000)
    await writer.close()
    const bytes = readFileSync(path)
    bytes.fill(0xee, 4096, 16 * 4096)
    const damaged = tempDatabase()
    writeFileSync(damaged, bytes)
    writeFileSync(`${damaged}-wal`, 'a log')
    const next = open(damaged)
    add(next.writer, 5)
    await next.writer.flush()
    expect(problems).toEqual([])
    expect(next.problems.map(({ topic }) => topic)).toEqual(['database_corrupt'])
    const aside = filesBeside(damaged).filter((name) =>
      /^usage\.db\.corrupt-[^-]+-[^-]+-[^-]+-[^-]+-[^-]+-[^-]+$/.test(name),
    )
    expect(aside).toHaveLength(1)
    expect(next.problems[0]?.message).toContain(aside[0])
    expect(readFileSync(`${dirname(damaged)}/${aside[0]}`).equals(bytes)).toBe(true)
    expect(rowsOf(damaged)).toBe(5)
  })
})

describe('R12: a thread that dies or hangs', () => {
  it('is replaced, and nothing is lost, also where it dies again and again', async () => {
    const started = threads()
    const { path, writer } = open()
    add(writer, 10)
    await writer.flush()
    const start = performance.now()
    await started[0]?.terminate()
    add(writer, 10)
    await writer.flush()
    const back = performance.now() - start
    for (let round = 0; round < 10; round++) {
      add(writer, 1000)
      await writer.flush()
      add(writer, 1000)
      // At once, while it rests: better-sqlite3 ends the whole process where a thread is terminated inside of it.
      void started.at(-1)?.terminate()
    }
    await writer.flush()
    expect(rowsOf(path)).toBe(20_020)
    expect(writer.health()).toMatchObject({ waitingRecords: 0, dropped: {} })
    console.log(
      `R12: the store's thread was back ${back.toFixed(0)} ms after its end; 10 further deaths, 0 of 20020 records lost`,
    )
    // A second on a machine that has nothing else to do; the figure above is what counts.
    expect(back).toBeLessThan(10_000)
  })

  it('drops the batch that it dies of, counts it, and stores the others', async () => {
    const path = tempDatabase()
    const { health, problems } = JSON.parse(await ofChild(DIES_OF_A_BATCH, path)) as {
      health: object
      problems: unknown[]
    }
    expect(health).toMatchObject({ stored: 9, waitingRecords: 0, dropped: { worker_lost: 3 } })
    expect(rowsOf(path)).toBe(9)
    expect(problems).toEqual([['worker_lost', 3]])
  })
})

/** While another holds the lock, the thread is in the midst of the first batch that waits. */
const DIES_OF_A_BATCH = `
  import { rmSync } from 'node:fs'
  import BetterSqlite3 from 'better-sqlite3'
  import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
  ${DRAFT_SOURCE}
  const path = process.argv[1]
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  const started = []
  process.on('worker', (worker) => started.push(worker))
  const problems = []
  const writer = new SqliteWriter(path, { maxSpoolBytes: 0, onProblem: (topic, _text, count) => problems.push([topic, count]) })
  const add = (count) => {
    for (let n = 0; n < count; n++) writer.add(draft({}))
    writer.send()
  }
  add(5)
  await writer.flush()
  const holder = new BetterSqlite3(path)
  holder.exec('BEGIN IMMEDIATE')
  add(3)
  add(4)
  while (writer.health().dropped.worker_lost === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await started.at(-1)?.terminate()
  }
  holder.exec('COMMIT')
  holder.close()
  await writer.flush()
  const health = writer.health()
  await writer.close()
  console.log(JSON.stringify({ health, problems }))
`

/** What a program prints. better-sqlite3 aborts the process where a thread is ended inside of it: then it is run again. */
async function ofChild(program: string, path: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { stdout, stderr } = await runNode(program, { args: [path] })
    if (stdout !== '' || attempt === 5 || !stderr.includes('ToLocalChecked')) return stdout === '' ? stderr : stdout
  }
}

it('a spool file that is damaged in its middle is set aside, and the rest of it is stored', async () => {
  const path = tempDatabase()
  mkdirSync(path)
  const { writer } = open(path)
  for (let round = 0; round < 3; round++) {
    add(writer, 100)
    await expect.poll(() => writer.health().spool.records, { timeout: 20_000 }).toBe(100 * (round + 1))
  }
  await writer.close()
  rmdirSync(path)
  const spool = filesBeside(path).find((name) => name.includes('.spool-'))
  const file = `${dirname(path)}/${spool}`
  const bytes = readFileSync(file)
  bytes.fill(7, bytes.length / 2, bytes.length / 2 + 8)
  writeFileSync(file, bytes.subarray(0, bytes.length))
  const next = open(path)
  add(next.writer, 1)
  await expect.poll(() => next.writer.health().recovered.records, { timeout: 20_000 }).toBe(200)
  expect(next.problems.map(({ topic }) => topic).toSorted()).toEqual(['spool_damaged', 'unclean_shutdown'])
  expect(filesBeside(path).some((name) => name.includes('damaged-spool'))).toBe(true)
  expect(existsSync(file)).toBe(false)
})
