import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
import { type DocumentedSchema, documentedSchema, insertRaw, type RawRow, WRITER_PRAGMAS } from '../data/raw.js'
import { draftOf } from '../data/rows.js'

/** As tracked calls are handed over. */
const BATCH = 100

/** Rows that our writer takes into one transaction at the most. */
const TRANSACTION = 10_000

/** Records that wait for it at the most. */
const IN_FLIGHT = 3 * TRANSACTION

export const NAMES = {
  ours: 'our store, batches of 100',
  same: `better-sqlite3, same pragmas, ${TRANSACTION} rows a transaction, no rollups`,
  plain: 'better-sqlite3, its defaults, 100 rows a transaction, no rollups',
} as const

export type StoreName = keyof typeof NAMES

export interface Insertion {
  readonly seconds: number
  readonly walBytes: number
  /** Memory at its end, over that when the rows to store were there. */
  readonly gainedBytes: number
}

export interface StoreContender {
  insert(rows: readonly RawRow[]): Promise<Insertion>
  close(): Promise<void>
}

/** @param pathOf the file of each; where there is none, it is made with an empty table */
export async function createContenders(
  names: readonly StoreName[],
  pathOf: (name: StoreName) => string,
): Promise<StoreContender[]> {
  const schema = await documentedSchema()
  return names.map((name) => {
    if (name === 'ours') return ourContender(pathOf(name))
    const database = openRaw(pathOf(name), name === 'same' ? WRITER_PRAGMAS : [], schema)
    return rawContender(database, name === 'same' ? TRANSACTION : 100)
  })
}

function openRaw(path: string, pragmas: readonly string[], schema: DocumentedSchema): Database {
  const database = new BetterSqlite3(path)
  for (const pragma of pragmas) database.pragma(pragma)
  if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'feature_usage'").get() === undefined)
    for (const text of [schema.table, ...schema.indexes]) database.exec(text)
  return database
}

function rawContender(database: Database, transaction: number): StoreContender {
  return {
    insert: async (rows) => {
      const start = now()
      insertRaw(database, rows, transaction)
      return insertionSince(start, database.name)
    },
    close: async () => {
      database.close()
    },
  }
}

/** From objects on this thread to commits in the writer's, by the way that tracked calls take. */
function ourContender(path: string): StoreContender {
  const writer = new SqliteWriter(path)
  return {
    insert: async (rows) => {
      const drafts = rows.map(draftOf)
      const before = writer.health().stored
      const start = now()
      for (let from = 0; from < drafts.length; from += BATCH) {
        for (const draft of drafts.slice(from, from + BATCH)) writer.add(draft)
        writer.send()
        while (writer.health().waitingRecords > IN_FLIGHT) await sleep(1)
      }
      await writer.flush()
      const insertion = insertionSince(start, path)
      const stored = writer.health().stored - before
      if (stored !== rows.length) throw new Error(`${stored} of ${rows.length} records were stored`)
      return insertion
    },
    close: () => writer.close(),
  }
}

interface Moment {
  readonly millis: number
  readonly rssBytes: number
}

function now(): Moment {
  const rssBytes = process.memoryUsage.rss()
  return { rssBytes, millis: performance.now() }
}

function insertionSince(start: Moment, path: string): Insertion {
  const seconds = (performance.now() - start.millis) / 1000
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })
  return { seconds, walBytes: wal?.size ?? 0, gainedBytes: process.memoryUsage.rss() - start.rssBytes }
}
