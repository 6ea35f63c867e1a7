import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { LogBusyError, LogGuard, type LogState, LogStuckError } from '../../src/store/sqlite/write/log-guard.js'
import { WriterConnection } from '../../src/store/sqlite/writer-connection.js'
import { databaseWithLog, insertTexts } from '../support/log.js'

const LIMIT = 256 * 1024

let path: string
let database: Database

beforeEach(() => {
  ;({ path, database } = databaseWithLog())
})

const fillLog = (): void => insertTexts(database, 300)

/** What a guard says of a full log at some times, in milliseconds from the first. */
function answers(state: LogState, times: readonly number[]): unknown[] {
  const guard = new LogGuard(path, LIMIT)
  const clock = vi.spyOn(performance, 'now')
  try {
    return times.map((time) => {
      clock.mockReturnValue(10_000 + time)
      try {
        guard.makeRoom(16, () => state)
        return 'room'
      } catch (error) {
        return (error as Error).constructor
      }
    })
  } finally {
    clock.mockRestore()
  }
}

describe('a full log', () => {
  beforeEach(fillLog)

  test.each(['needed', 'reusable'] as const)('that is %s by others is waited for half a second', (state) => {
    expect(answers(state, [0, 400, 600])).toEqual([LogBusyError, LogBusyError, LogStuckError])
  })

  test('that another connection is emptying is waited for like any lock', () => {
    expect(answers('occupied', [0, 400, 5000, 50_000])).toEqual(Array(4).fill(LogBusyError))
  })

  test('has room when it is empty', () => {
    expect(answers('empty', [0])).toEqual(['room'])
  })
})

test.each([
  ['needed', 2],
  ['occupied', 2],
  ['reusable', 3],
  ['empty', 3],
] as const)('of a log that is half full and %s, so many batches of 20 rows are let in: %i', (state, batches) => {
  fillLog()
  const guard = new LogGuard(path, 600_000)
  guard.makeRoom(60, () => state)
  expect(guard.fitting([20, 20, 20])).toBe(batches)
  expect(guard.fitting([1000, 20])).toBe(batches === 3 && state === 'reusable' ? 2 : 1)
})

describe('a transaction', () => {
  test('has filled the log when it grows beyond what the last ones took', () => {
    insertTexts(database, 4000)
    database.pragma('wal_checkpoint(TRUNCATE)')
    database.pragma('cache_size = 10')
    const guard = new LogGuard(path, 4_000_000)
    guard.makeRoom(500, () => 'empty')
    database.exec('BEGIN')
    const update = database.prepare("UPDATE t SET text = text || 'x' WHERE rowid % 40 = ?")
    const isFull: boolean[] = []
    for (let rest = 0; rest < 40; rest += 4) {
      // Twice, so that frames are written again.
      for (let times = 0; times < 2; times++) update.run(rest)
      isFull.push(guard.isFull())
    }
    database.exec('ROLLBACK')
    expect(isFull[0]).toBe(false)
    expect(isFull.at(-1)).toBe(true)
  })

  test('of many rows says what the next ones take, also when it took less than one before', () => {
    const guard = new LogGuard(path, 4_000_000)
    const learnFrom = (rows: number, texts: number): void => {
      database.pragma('wal_checkpoint(TRUNCATE)')
      guard.makeRoom(rows, () => 'empty')
      insertTexts(database, texts)
      guard.learn(rows)
    }
    learnFrom(10_000, 2000)
    const { maxRows } = guard
    learnFrom(4000, 8)
    expect(guard.maxRows).toBeGreaterThan(10 * maxRows)
    // Of few rows each takes more.
    const ofMany = guard.maxRows
    learnFrom(20, 4)
    expect(guard.maxRows / ofMany).toBeCloseTo(1, 1)
  })
})

test('a log that is filling is worth writing back once, and again when it has grown by a tenth', () => {
  const guard = new LogGuard(path, 1_000_000)
  const writesBack = (): boolean => {
    const isWorth = guard.isWorthWritingBack
    if (isWorth) guard.noteWrittenBack()
    return isWorth
  }
  const fillsAndWritesBack = (texts: number): boolean => {
    guard.makeRoom(1, () => 'needed')
    insertTexts(database, texts)
    guard.learn(1)
    return writesBack()
  }
  expect(fillsAndWritesBack(40)).toBe(false)
  expect(fillsAndWritesBack(400)).toBe(true)
  expect(writesBack()).toBe(false)
  expect(fillsAndWritesBack(20)).toBe(false)
  expect(fillsAndWritesBack(100)).toBe(true)
})

test('a log is occupied during a checkpoint of another, needed while a reader has an old state, then empty', async () => {
  const writer = new WriterConnection(path)
  writer.migrate()
  const reader = new BetterSqlite3(path)
  reader.exec('BEGIN')
  reader.prepare('SELECT * FROM t').all()
  fillLog()
  const checkpoint = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
     const database = new (require('better-sqlite3'))(workerData, { timeout: 1000 })
     database.prepare('SELECT * FROM t LIMIT 1').all()
     parentPort.postMessage('begins')
     database.pragma('wal_checkpoint(TRUNCATE)')
     database.close()`,
    { eval: true, workerData: path },
  )
  const ended = once(checkpoint, 'exit')
  await once(checkpoint, 'message')
  await sleep(300)
  expect(writer.emptyLog()).toBe('occupied')
  await ended
  expect(writer.emptyLog()).toBe('needed')
  reader.exec('COMMIT')
  expect(writer.emptyLog()).toBe('empty')
  reader.close()
  writer.close()
})
