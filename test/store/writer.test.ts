import { once } from 'node:events'
import { mkdirSync, rmdirSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SqliteReader, SqliteWriter } from '../../src/store/index.js'
import { nodeJson, runNode } from '../support/child.js'
import { sql } from '../support/original.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'
import { threads } from '../support/threads.js'

const batch = (size: number, featureName = 'search') => Array.from({ length: size }, () => record({ featureName }))
const rowsOf = (path: string) => sql<{ n: number }>(path, 'SELECT count(*) AS n FROM feature_usage')[0]?.n

function open(path = tempDatabase()): { path: string; writer: SqliteWriter } {
  const writer = new SqliteWriter(path)
  onTestFinished(() => writer.close())
  return { path, writer }
}

/** Holds the write lock of a file. */
function lock(path: string): { release(): void } {
  const database = new BetterSqlite3(path)
  database.exec('BEGIN IMMEDIATE')
  return {
    release: () => {
      database.exec('COMMIT')
      database.close()
    },
  }
}

describe('two writers of two processes', () => {
  it('lose nothing', async () => {
    const path = tempDatabase()
    const program = `
      import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
      import { completeRecord } from './dist/src/record/index.js'
      const writer = new SqliteWriter(process.argv[1])
      let count = 0
      for (let round = 0; round < 100; round++)
        count += await writer.insertRecords(Array.from({ length: 10 }, () => completeRecord({ featureName: 'f', category: 'other', status: 'success' })))
      await writer.close()
      console.log(count)`
    const counts = await Promise.all([1, 2].map(() => nodeJson<number>(program, { args: [path] })))
    expect(counts).toEqual([1000, 1000])
    expect(rowsOf(path)).toBe(2000)
    expect(sql(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })
})

describe('a write lock that another holds', () => {
  it('delays batches and loses none; the event loop goes on', async () => {
    const { path, writer } = open()
    await writer.insertRecords(batch(1))
    const held = lock(path)
    const stored = Promise.all([writer.insertRecords(batch(2)), writer.insertRecords(batch(3))])
    let isStored = false
    void stored.then(() => (isStored = true))
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
    expect(isStored).toBe(false)
    held.release()
    expect(await stored).toEqual([2, 3])
    expect(rowsOf(path)).toBe(6)
  })

  it('makes drainSync give up when its time has passed, and later all is there', async () => {
    const { path, writer } = open()
    await writer.insertRecords(batch(1))
    const held = lock(path)
    const stored = writer.insertRecords(batch(2))
    expect(writer.drainSync(50)).toBe(false)
    held.release()
    expect(writer.drainSync(20_000)).toBe(true)
    expect(rowsOf(path)).toBe(3)
    expect(await stored).toBe(2)
  })
})

describe('a writer whose thread dies', () => {
  it('goes on in a new one', async () => {
    const started = threads()
    const { path, writer } = open()
    await writer.insertRecords(batch(1))
    await started[0]?.terminate()
    expect(await writer.insertRecords(batch(2))).toBe(2)
    expect(started).toHaveLength(2)
    expect(rowsOf(path)).toBe(3)
  })

  it('gives the new one what was under way', async () => {
    const started = threads()
    const { path, writer } = open()
    await writer.insertRecords(batch(1))
    const held = lock(path)
    const stored = Promise.all([writer.insertRecords(batch(2)), writer.insertRecords(batch(3))])
    const died = started[0]?.terminate()
    held.release()
    await died
    const counts = await stored
    // What the dying thread had committed without saying so is found there, and not stored again.
    expect(counts.every((count, index) => [0, 2 + index].includes(count))).toBe(true)
    expect(rowsOf(path)).toBe(6)
  })

  it('refuses after three deaths what was under way, and then goes on', async () => {
    const started = threads()
    const { path, writer } = open()
    process.on('worker', kill)
    onTestFinished(() => void process.off('worker', kill))
    await expect(writer.insertRecords(batch(2))).rejects.toMatchObject({
      name: 'StoreError',
      code: 'unavailable',
      message: expect.stringContaining(path) as string,
    })
    expect(started).toHaveLength(3)
    expect(writer.drainSync(0)).toBe(false)
    await writer.flush()
    process.off('worker', kill)
    expect(await writer.insertRecords(batch(3))).toBe(3)
    expect(rowsOf(path)).toBe(3)
  })

  it('may be closed meanwhile', async () => {
    const started = threads()
    const { path, writer } = open()
    await writer.insertRecords(batch(1))
    const stored = writer.insertRecords(batch(2))
    stored.catch(() => {})
    void started[0]?.terminate()
    await writer.close()
    await stored
    expect(rowsOf(path)).toBe(3)
  })
})

describe('what a writer cannot take', () => {
  it('does not hold the process open: neither a value that cannot cross to the thread nor a refused batch', async () => {
    const program = `
      import { SqliteReader, SqliteWriter } from '@cloudcurio/feature-tracking/store'
      import { completeRecord } from './dist/src/record/index.js'
      const [writer, reader] = [new SqliteWriter(process.argv[1]), new SqliteReader(process.argv[1])]
      const record = completeRecord({ featureName: 'f', category: 'other', status: 'success' })
      const outcome = (work) => Promise.resolve().then(work).then(() => 'stored', () => 'refused')
      console.log(JSON.stringify([
        await outcome(() => writer.insertRecords([{ ...record, userId: Symbol('no') }])),
        await outcome(() => writer.insertRecords([{ ...record, featureName: null }])),
        await outcome(() => reader.getRecords({ featureName: 'f', since: () => {} })),
      ]))
      setTimeout(() => process.exit(7), 3000).unref()`
    const { code, stdout } = await runNode(program, { args: [tempDatabase()] })
    expect(JSON.parse(stdout)).toEqual(['refused', 'refused', 'refused'])
    expect(code).toBe(0)
  })

  it('does not stop drainSync from telling when the rest is committed', async () => {
    const { path, writer } = open()
    const bad = writer.insertRecords([{ ...record(), userId: Symbol('no') as unknown as string }])
    bad.catch(() => {})
    const good = writer.insertRecords(batch(2))
    writer.drainSync(20_000)
    expect(rowsOf(path)).toBe(2)
    expect(await good).toBe(2)
    await expect(bad).rejects.toThrow()
  })

  it('is refused at once where metadata is no JSON: by a rejected promise, not by an error in the caller', async () => {
    const { writer } = open()
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    await expect(Promise.resolve(writer.insertRecords([{ ...record(), metadata: circle }]))).rejects.toThrow()
  })

  it('is taken again when the path can be written', async () => {
    const path = tempDatabase()
    mkdirSync(path)
    const { writer } = open(path)
    const given = batch(2)
    await expect(writer.insertRecords(given)).rejects.toMatchObject({ code: 'unavailable' })
    rmdirSync(path)
    expect(await writer.insertRecords(given)).toBe(2)
    expect(rowsOf(path)).toBe(2)
  })
})

describe('a thread of the store', () => {
  it('is not started before it is needed, and is one for each writer and reader', async () => {
    const started = threads()
    const { path, writer } = open()
    const reader = new SqliteReader(path)
    await writer.flush()
    await reader.close()
    expect(started).toEqual([])
    await Promise.all([writer.insertRecords(batch(1)), writer.insertRecords(batch(1))])
    expect(started).toHaveLength(1)
  })

  it('ends when it is closed', async () => {
    const started = threads()
    const { writer } = open()
    await writer.insertRecords(batch(1))
    const ended = once(started[0] as Worker, 'exit')
    await writer.close()
    await ended
  })

  it('is not started again by a question to a closed reader', async () => {
    const started = threads()
    const { path, writer } = open()
    await writer.insertRecords(batch(1))
    const reader = new SqliteReader(path)
    await reader.getRecords()
    await reader.close()
    await expect(reader.getRecords()).rejects.toMatchObject({ name: 'StoreError', code: 'closed' })
    expect(started).toHaveLength(2)
  })
})

/** Ends each thread when it has begun. */
function kill(worker: Worker): void {
  worker.once('online', () => void worker.terminate())
}
