import BetterSqlite3, { type Database } from 'better-sqlite3'
import { statSync } from 'node:fs'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { CommittedLog, logUse } from '../../src/store/sqlite/write/log-file.js'
import { databaseWithLog, insertTexts } from '../support/log.js'

let path: string
let database: Database

beforeEach(() => {
  ;({ path, database } = databaseWithLog())
})

/** What SQLite says of the log, in frames. */
function frames(): number {
  const [{ log }] = database.pragma('wal_checkpoint(PASSIVE)') as [{ log: number }]
  return log
}

const insert = (rows: number): void => insertTexts(database, rows)

const bytesOf = (count: number): number => 32 + count * (4096 + 24)

test('a log that grows is in use to its end', () => {
  for (const rows of [1, 10, 500]) {
    insert(rows)
    expect(logUse(path).bytes).toBe(statSync(`${path}-wal`).size)
  }
})

test('a log that was begun anew is in use as far as its new frames go', () => {
  insert(1000)
  expect(logUse(path).bytes).toBe(bytesOf(frames()))
  const { round } = logUse(path)
  const { size } = statSync(`${path}-wal`)
  for (const rows of [1, 7, 300]) {
    insert(rows)
    const use = logUse(path)
    expect(use.round).not.toBe(round)
    expect(use.bytes).toBe(bytesOf(frames()))
    expect(use.bytes).toBeLessThan(size)
  }
  expect(statSync(`${path}-wal`).size).toBe(size)
})

test('midway through a transaction that outgrows its cache, frames count as they come', () => {
  insert(2000)
  frames()
  database.pragma('cache_size = 10')
  database.exec('BEGIN')
  const update = database.prepare("UPDATE t SET text = text || 'x' WHERE rowid % 40 = ?")
  let before = 0
  // Pages that are written again before the end have their frames written over, and later ones get no salt till then.
  for (let rest = 0; rest < 4; rest++) {
    for (let times = 0; times < 2; times++) update.run(rest * 4)
    const { bytes } = logUse(path, true)
    expect(bytes).toBeGreaterThan(before)
    before = bytes
  }
  expect(before).toBeGreaterThan(100 * 4096)
  expect(logUse(path).bytes).toBeLessThan(before)
  database.exec('COMMIT')
  expect(logUse(path).bytes).toBe(bytesOf(frames()))
  expect(logUse(path).bytes).toBeGreaterThanOrEqual(before)
})

test('SQLite says the same of it, whoever writes, and changes nothing', () => {
  const asked = new BetterSqlite3(path)
  onTestFinished(() => void asked.close())
  const log = new CommittedLog(asked, path)
  for (const [rows, all] of [
    [0, 0],
    [1, 1],
    [400, 401],
    [3, 404],
  ] as const) {
    insert(rows)
    expect(log.use()).toEqual(logUse(path))
    expect(asked.prepare('SELECT 1 FROM t').all()).toHaveLength(all)
  }
  const before = log.use()
  expect(log.use()).toEqual(before)
  // Begun anew, and a transaction that is undone: what it has left behind does not count.
  frames()
  insert(5)
  expect(log.use()).toEqual(logUse(path))
  expect(log.use()?.round).not.toBe(before?.round)
  database.pragma('cache_size = 10')
  expect(() =>
    database.transaction(() => {
      insertTexts(database, 300)
      throw new Error('undone')
    })(),
  ).toThrow('undone')
  expect(log.use()?.bytes).toBe(bytesOf(frames()))
})

test('a database without a log does not say', () => {
  database.pragma('journal_mode = DELETE')
  expect(new CommittedLog(database, path).use()).toBeUndefined()
})

test('where there is no log, none of it is in use', () => {
  expect(logUse(`${path}.none`)).toEqual({ bytes: 0, round: 0n })
})
