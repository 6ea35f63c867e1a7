import type { Database } from 'better-sqlite3'
import { readKey } from '../../config/index.js'
import { type FeatureUsageRecord, pseudonymOf } from '../../record/index.js'
import { type RecordFilter, StoreError } from '../contract.js'
import { openForReading, SMALL_CACHE, toStoreError } from './database.js'
import { and, conditionOf, type Question, questionOf, registerTimes } from './filter.js'
import { hasTable } from './migrations.js'
import type { LatencyCount } from './rollup/histogram.js'
import { Snapshot } from './rollup/snapshot.js'
import { Statements } from './rollup/statements.js'
import { latencies } from './rollup/stats.js'
import { recordFromRow, type Row } from './rows.js'
import { COLUMNS } from './schema.js'
import { DatabaseFile } from './write/database-file.js'

/** Rows that are read at once. */
const ROWS_PER_PAGE = 500

/** Where somebody who follows the rows of a file has got to. */
export interface Position {
  readonly rowid: number
}

/** Answers questions of those who look at a file closely: how long calls took, and which rows are new. */
export class DetailsReader {
  readonly #path: string
  readonly #file: DatabaseFile
  #database: Database | undefined
  #version: unknown

  constructor(path: string) {
    this.#path = path
    this.#file = new DatabaseFile(path)
  }

  /** How many calls took how long, the shortest first; durations within 1 %. @throws StoreError */
  latencies(filter: RecordFilter): LatencyCount[] {
    return this.#ask((database) => {
      if (!hasTable(database, 'feature_usage')) return []
      return latencies(new Snapshot(database, new Statements(database)), this.#question(filter))
    })
  }

  /** After the last row that there is. @throws StoreError */
  end(): Position {
    return this.#ask((database) => ({ rowid: lastRowid(database) }))
  }

  /**
   * Rows that came after a position, whichever process wrote them, in the order in which they were stored. It costs next to
   * nothing where nothing was written since the last time.
   * @throws StoreError, `empty` where there is no table, as in a file that is just being made
   */
  since(position: Position, filter: RecordFilter): { records: FeatureUsageRecord[]; position: Position } {
    return this.#ask((database) => {
      if (!hasTable(database, 'feature_usage'))
        throw new StoreError('empty', `${this.#path} has no table feature_usage: nothing was ever tracked in it`)
      const version: unknown = database.pragma('data_version', { simple: true })
      if (version === this.#version) return { records: [], position }
      const found = this.#rowsAfter(database, position, filter)
      if (found.records.length < ROWS_PER_PAGE) this.#version = version
      return found
    })
  }

  #rowsAfter(database: Database, { rowid }: Position, filter: RecordFilter) {
    const last = lastRowid(database)
    // The latest rows were removed, or the file was replaced: rowids begin anew.
    const from = Math.min(rowid, last)
    const { where, values } = conditionOf(this.#question(filter), undefined, 'rowid')
    const rows = database
      .prepare<unknown[], [...Row, rowid: number]>(
        `SELECT ${COLUMNS.join(', ')}, rowid FROM feature_usage${and(where, 'rowid > ?')} ORDER BY rowid LIMIT ${ROWS_PER_PAGE}`,
      )
      .raw()
      .all(...values, from)
    const records = rows.map((row) => recordFromRow(row as unknown as Row))
    const reached = rows.length < ROWS_PER_PAGE ? last : (rows.at(-1)?.[COLUMNS.length] as number)
    return { records, position: { rowid: reached } }
  }

  #question(filter: RecordFilter): Question {
    return questionOf(filter, (userId) => {
      const key = readKey(this.#path)
      return key === undefined ? [userId] : [userId, pseudonymOf(key, userId)]
    })
  }

  #ask<T>(question: (database: Database) => T): T {
    try {
      const database = this.#open()
      return database.transaction(() => question(database))()
    } catch (error) {
      throw toStoreError(error, this.#path)
    }
  }

  #open(): Database {
    if (this.#file.hasMoved) this.close()
    if (this.#database !== undefined) return this.#database
    const database = openForReading(this.#path, SMALL_CACHE)
    registerTimes(database)
    this.#file.noteOpened()
    this.#database = database
    return database
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
    this.#version = undefined
    this.#file.noteClosed()
  }
}

function lastRowid(database: Database): number {
  if (!hasTable(database, 'feature_usage')) return 0
  return database.prepare<[], number | null>('SELECT max(rowid) FROM feature_usage').pluck().get() ?? 0
}
