import { statSync } from 'node:fs'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
import { type DocumentedSchema, documentedSchema, insertRaw, type RawRow, WRITER_PRAGMAS } from '../data/raw.js'
import { recordOf } from '../data/rows.js'

/** As the exporter hands them over. */
const BATCH = 50

/** Records that wait for our writer at the most, and rows that it takes into one transaction at the most. */
const IN_FLIGHT = 5000

export const NAMES = {
  ours: 'our store, batches of 50',
  same: `better-sqlite3, same pragmas, ${IN_FLIGHT} rows a transaction, no rollups`,
  plain: 'better-sqlite3, its defaults, 100 rows a transaction, no rollups',
} as const

export type StoreName = keyof typeof NAMES

export interface Insertion {
  readonly seconds: number
  readonly walBytes: number
  readonly rssBytes: number
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
    return rawContender(database, name === 'same' ? IN_FLIGHT : 100)
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
      const start = performance.now()
      insertRaw(database, rows, transaction)
      return insertionSince(start, database.name)
    },
    close: async () => {
      database.close()
    },
  }
}

/** From objects on this thread to commits in the writer's. Records are made before, as the rows of the others are. */
function ourContender(path: string): StoreContender {
  const writer = new SqliteWriter(path)
  return {
    insert: async (rows) => {
      const records = rows.map(recordOf)
      const start = performance.now()
      const waiting: Promise<number>[] = []
      let stored = 0
      for (let from = 0; from < records.length; from += BATCH) {
        waiting.push(writer.insertRecords(records.slice(from, from + BATCH)))
        if (waiting.length * BATCH >= IN_FLIGHT) stored += (await waiting.shift()) ?? 0
      }
      await writer.flush()
      const insertion = insertionSince(start, path)
      for (const batch of waiting) stored += await batch
      if (stored !== rows.length) throw new Error(`${stored} of ${rows.length} records were stored`)
      return insertion
    },
    close: () => writer.close(),
  }
}

function insertionSince(start: number, path: string): Insertion {
  const seconds = (performance.now() - start) / 1000
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })
  return { seconds, walBytes: wal?.size ?? 0, rssBytes: process.memoryUsage().rss }
}
