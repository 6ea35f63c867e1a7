import type { Database, Statement } from 'better-sqlite3'
import { FIND_TABLE } from '../schema.js'

/** Prepared statements of a connection, by their text. Texts are few: what users give is bound, never part of them. */
export class Statements {
  readonly #database: Database
  readonly #prepared = new Map<string, Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  hasTable(name: string): boolean {
    return this.number(FIND_TABLE, name) !== undefined
  }

  /** Rows as objects. */
  all<T>(sql: string, ...values: unknown[]): T[] {
    return this.#statement(sql, '').all(...values) as T[]
  }

  /** Rows as arrays. */
  rows<T>(sql: string, ...values: unknown[]): T[] {
    return this.#statement(sql, 'raw').all(...values) as T[]
  }

  /** Rows as arrays, one at a time. */
  each<T>(sql: string, ...values: unknown[]): IterableIterator<T> {
    return this.#statement(sql, 'raw').iterate(...values) as IterableIterator<T>
  }

  /** The first column of the first row, where it is a number. */
  number(sql: string, ...values: unknown[]): number | undefined {
    return (this.#statement(sql, 'pluck').get(...values) as number | null | undefined) ?? undefined
  }

  /** The same, where it is a blob. */
  bytes(sql: string, ...values: unknown[]): Buffer | undefined {
    return this.#statement(sql, 'pluck').get(...values) as Buffer | undefined
  }

  run(sql: string, ...values: unknown[]): void {
    this.#statement(sql, '').run(...values)
  }

  #statement(sql: string, mode: '' | 'raw' | 'pluck'): Statement {
    const key = mode + sql
    let statement = this.#prepared.get(key)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      if (mode === 'raw') statement.raw()
      if (mode === 'pluck') statement.pluck()
      this.#prepared.set(key, statement)
    }
    return statement
  }
}
