import { setTimeout as sleep } from 'node:timers/promises'
import { existsSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { StoreError } from '../../contract.js'
import { openForWriting, toStoreError } from '../database.js'
import { hasTable } from '../migrations.js'
import { RollupUpkeep, rollupStatus } from '../rollup/upkeep.js'
import { RollupWriter } from '../rollup/writer.js'
import { isBusy } from '../write/failure.js'
import { Turns } from '../write/turns.js'

/** Rows that one transaction removes or changes, so that other writers get their turn. */
const STEP_ROWS = 500

/** Rows that are looked through in one read. */
const LOOK_ROWS = 5000

/** How long a lock is waited for, and how often it is asked for, in milliseconds. */
const PATIENCE_MS = 60_000
const PAUSE_MS = 3

/** How long one step of making the sums anew takes, in milliseconds. */
const REBUILD_STEP_MS = 50

/** A text that speaks of somebody, in a table's row. */
interface Mention {
  readonly table: string
  readonly column: string
  readonly rowid: number
  readonly text: string
}

/**
 * Removes persons from a database, in short transactions among those of other writers. What is removed is overwritten with
 * zeros (`secure_delete`). Everything blocks the thread for some milliseconds at a time, `vacuum` for longer.
 */
export class RowEraser {
  readonly path: string
  readonly #database: Database
  readonly #turns: Turns

  /** @throws StoreError, `not_found` where there is no file */
  constructor(path: string) {
    this.path = path
    if (!existsSync(path)) throw new StoreError('not_found', `there is no file ${path}: give another path`)
    this.#database = openForWriting(path)
    this.#database.exec('PRAGMA secure_delete = ON')
    this.#turns = new Turns(path)
  }

  /** How many rows are these users'. @param forms ids and pseudonyms */
  countRows(forms: readonly string[]): number {
    return this.#ask(() =>
      forms.reduce((sum, form) => {
        const count = this.#database.prepare<[string], number>('SELECT count(*) FROM feature_usage WHERE user_id = ?')
        return sum + (count.pluck().get(form) ?? 0)
      }, 0),
    )
  }

  /** Removes their rows. @returns how many */
  async eraseRows(forms: readonly string[]): Promise<number> {
    const list = JSON.stringify(forms)
    const some = `FROM feature_usage WHERE user_id IN (SELECT value FROM json_each(?)) ORDER BY rowid LIMIT ${STEP_ROWS}`
    const unlink = this.#database.prepare(`DELETE FROM feature_traces WHERE record_id IN (SELECT id ${some})`)
    const remove = this.#database.prepare(`DELETE FROM feature_usage WHERE rowid IN (SELECT rowid ${some})`)
    let removed = 0
    for (;;) {
      const { changes } = await this.#turn(() => {
        unlink.run(list)
        return remove.run(list)
      })
      removed += changes
      if (changes === 0) return removed
    }
  }

  /** How many texts of others' rows speak of them. @param replace gives a text without them, or the text itself */
  countMentions(forms: readonly string[], replace: (text: string) => string): number {
    let found = 0
    for (const mentions of this.#mentions(forms, replace)) found += mentions.length
    return found
  }

  /** Replaces what others' rows, in any table, say of them. @returns how many texts were changed */
  async scrub(forms: readonly string[], replace: (text: string) => string): Promise<number> {
    let changed = 0
    for (const mentions of this.#mentions(forms, replace))
      for (let from = 0; from < mentions.length; from += STEP_ROWS) {
        const some = mentions.slice(from, from + STEP_ROWS)
        changed += await this.#turn(() => some.reduce((sum, mention) => sum + this.#rewrite(mention, replace), 0))
      }
    return changed
  }

  #rewrite({ table, column, rowid, text }: Mention, replace: (text: string) => string): number {
    return this.#database
      .prepare(`UPDATE ${quoted(table)} SET ${quoted(column)} = ? WHERE rowid = ? AND ${quoted(column)} = ?`)
      .run(replace(text), rowid, text).changes
  }

  /** Texts that would be changed, some rows at a time. */
  *#mentions(forms: readonly string[], replace: (text: string) => string): Generator<Mention[]> {
    const own = JSON.stringify(forms)
    for (const { table, columns } of this.#textColumns()) {
      const isOthers = columns.includes('user_id')
        ? 'coalesce(user_id NOT IN (SELECT value FROM json_each(?)), 1)'
        : '? IS NOT NULL'
      const rows = this.#database
        .prepare<[number, string], unknown[]>(
          `SELECT rowid, ${columns.map(quoted).join(', ')} FROM ${quoted(table)}
           WHERE rowid > ? AND ${isOthers} ORDER BY rowid LIMIT ${LOOK_ROWS}`,
        )
        .raw()
      let after = Number.MIN_SAFE_INTEGER
      for (;;) {
        const from = after
        const page = this.#ask(() => rows.all(from, own))
        const last = page.at(-1)
        if (last === undefined) break
        after = last[0] as number
        const mentions = page.flatMap(([rowid, ...values]) =>
          values.flatMap((text, at): Mention[] =>
            typeof text === 'string' && replace(text) !== text
              ? [{ table, column: columns[at] as string, rowid: rowid as number, text }]
              : [],
          ),
        )
        if (mentions.length > 0) yield mentions
      }
    }
  }

  /** Columns of tables with row ids; tables without have numbers only. The users' own column goes with their rows. */
  #textColumns(): { table: string; columns: string[] }[] {
    const tables = this.#database
      .prepare<[], string>(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT wr AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
      )
      .pluck()
      .all()
    return tables
      .map((table) => ({
        table,
        columns: this.#database
          .prepare<[string], string>("SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT'")
          .pluck()
          .all(table)
          .filter((column) => table !== 'feature_rollup_users' && !(table === 'feature_usage' && column === 'id')),
      }))
      .filter(({ columns }) => columns.length > 0)
  }

  /** Takes users out of the sums' list of users, and makes the sums anew from the rows that are left. */
  async rebuildSums(forms: readonly string[]): Promise<void> {
    if (!hasTable(this.#database, 'feature_rollup_state')) return
    const rollups = new RollupWriter(this.#database)
    const forget = this.#database.prepare(
      'DELETE FROM feature_rollup_users WHERE user_id IN (SELECT value FROM json_each(?))',
    )
    await this.#turn(() => {
      forget.run(JSON.stringify(forms))
      rollups.rebuild()
    })
    const upkeep = new RollupUpkeep(this.#database, rollups)
    for (let status = rollupStatus(this.#database); status.rebuilding; status = rollupStatus(this.#database))
      await this.#patiently(() => upkeep.run(REBUILD_STEP_MS, true))
  }

  /** Gives users other names, in rows and sums, for `renamed`: pairs of old and new. @returns how many rows were changed */
  async renameUsers(renamed: ReadonlyMap<string, string>): Promise<number> {
    const find = this.#database
      .prepare<[string], number>(`SELECT rowid FROM feature_usage WHERE user_id = ? LIMIT ${STEP_ROWS}`)
      .pluck()
    const update = this.#database.prepare('UPDATE feature_usage SET user_id = ? WHERE rowid = ?')
    const renameInSums = this.#database.prepare(
      'UPDATE OR IGNORE feature_rollup_users SET user_id = ? WHERE user_id = ?',
    )
    let changed = 0
    for (const [from, to] of renamed)
      for (;;) {
        const rows = await this.#turn(() => {
          const rowids = find.all(from)
          for (const rowid of rowids) update.run(to, rowid)
          if (rowids.length < STEP_ROWS) renameInSums.run(to, from)
          return rowids.length
        })
        changed += rows
        if (rows < STEP_ROWS) break
      }
    return changed
  }

  /** Empties the write-ahead log, in which removed rows still are. @returns whether it could */
  async emptyLog(patienceMs = 20_000): Promise<boolean> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const [result] = this.#ask(() => this.#database.pragma('wal_checkpoint(TRUNCATE)')) as [{ busy: number }]
      if (result.busy === 0) return true
      if (Date.now() > deadline) return false
      await sleep(20)
    }
  }

  /** Writes the whole file anew, without what lay in its free pages. Nobody else can write meanwhile. */
  async vacuum(): Promise<void> {
    await this.#patiently(() => this.#database.exec('VACUUM'))
  }

  #turn<T>(work: () => T): Promise<T> {
    return this.#patiently(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        this.#database.exec('COMMIT')
        return result
      } catch (error) {
        if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** Waits for the lock, in the order in which those who write have come. */
  async #patiently<T>(work: () => T): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      const ahead = this.#turns.hasCompany ? this.#turns.ahead() : 0
      if (ahead === 0 || Date.now() > deadline) {
        try {
          const result = work()
          this.#turns.done()
          return result
        } catch (error) {
          if (!isBusy(error) || Date.now() > deadline) {
            this.#turns.done()
            throw toStoreError(error, this.path)
          }
          this.#turns.met()
        }
      }
      await sleep(PAUSE_MS)
    }
  }

  #ask<T>(question: () => T): T {
    try {
      return question()
    } catch (error) {
      throw toStoreError(error, this.path)
    }
  }

  close(): void {
    this.#turns.close()
    this.#database.close()
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
