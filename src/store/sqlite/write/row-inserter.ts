import type { Database, Statement } from 'better-sqlite3'
import { LINK, ROW_WIDTH, type SqlValue } from '../rows.js'
import { COLUMNS } from '../schema.js'

/** Rows of one statement. It keeps its place in each index from row to row; more than some bring no more. */
const GROUP = 10

/**
 * OR FAIL, since whoever inserts rolls the whole transaction back when one row cannot be inserted: to be able to undo one
 * statement of several rows alone, SQLite would copy each page that it changes.
 */
function insertOf(rows: number): string {
  const row = `(${COLUMNS.map(() => '?').join(', ')})`
  return `INSERT OR FAIL INTO feature_usage (${COLUMNS.join(', ')}) VALUES ${Array<string>(rows).fill(row).join(', ')}
    ON CONFLICT(id) DO NOTHING`
}

const INSERT_LINK =
  'INSERT INTO feature_traces (record_id, trace_id, span_id, parent_span_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'

/** Where a link has its span id and its parent's, in bytes. */
const SPAN = 16
const PARENT = 24

export interface RowListener {
  /** Called again and again between rows; it must not touch the database. */
  passTime(): void
  /** A row was not there before; it begins at a place of the list. */
  inserted(rowid: number, at: number): void
}

/** Puts rows and their links into the tables, in a transaction of its caller that is rolled back when one fails. */
export class RowInserter {
  readonly #one: Statement
  readonly #group: Statement
  readonly #rowidOf: Statement<[SqlValue], number>
  readonly #link: Statement
  /** One list for all, since values are bound at once. */
  readonly #ofOne: SqlValue[] = Array.from({ length: COLUMNS.length }, () => null)
  readonly #ofGroup: SqlValue[] = Array.from({ length: COLUMNS.length * GROUP }, () => null)

  constructor(database: Database) {
    this.#one = database.prepare(insertOf(1))
    this.#group = database.prepare(insertOf(GROUP))
    this.#rowidOf = database.prepare<[SqlValue], number>('SELECT rowid FROM feature_usage WHERE id = ?').pluck()
    this.#link = database.prepare(INSERT_LINK)
  }

  /**
   * @param values flat list, `ROW_WIDTH` values to a row
   * @returns how many rows were new
   */
  insert(values: readonly SqlValue[], listener: RowListener): number {
    const rows = values.length / ROW_WIDTH
    let inserted = 0
    for (let first = 0; first < rows;) {
      listener.passTime()
      const count = first + GROUP <= rows ? GROUP : 1
      inserted += this.#insert(values, first * ROW_WIDTH, count, listener)
      first += count
    }
    return inserted
  }

  #insert(values: readonly SqlValue[], from: number, count: number, listener: RowListener): number {
    const params = count === 1 ? this.#ofOne : this.#ofGroup
    for (let row = 0, param = 0; row < count; row++) {
      const at = from + row * ROW_WIDTH
      for (let column = 0; column < COLUMNS.length; column++) params[param++] = values[at + column] as SqlValue
    }
    const { changes, lastInsertRowid } = (count === 1 ? this.#one : this.#group).run(...params)
    if (changes === 0) return 0
    // Rowids follow one another, in the order of the rows.
    let rowid = Number(lastInsertRowid) - changes + 1
    for (let row = 0; row < count; row++) {
      const at = from + row * ROW_WIDTH
      if (changes < count && this.#rowidOf.get(values[at] as SqlValue) !== rowid) continue
      this.#insertLink(values, at)
      listener.inserted(rowid++, at)
    }
    return changes
  }

  #insertLink(values: readonly SqlValue[], at: number): void {
    const link = values[at + LINK]
    if (typeof link !== 'string') return
    const bytes = Buffer.from(link, 'hex')
    const parent = bytes.length > PARENT ? bytes.subarray(PARENT) : null
    this.#link.run(String(values[at]), bytes.subarray(0, SPAN), bytes.subarray(SPAN, PARENT), parent)
  }
}
