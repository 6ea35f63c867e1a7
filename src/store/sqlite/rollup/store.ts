import type { Database, Statement } from 'better-sqlite3'
import { type Batch, type BlockRows, CHUNKS, NO_HOUR, push } from './batch.js'
import { encodeSpan, mergeSpans, SPAN_BLOCKS } from './blocks.js'
import { ALL_CALLS } from './dictionary.js'
import { mergeBuckets } from './histogram.js'
import { HOURS_PER_DAY } from './instant.js'
import { KeyCache } from './key-cache.js'
import { addMembers, encodeDay, mergeDays } from './members.js'
import { Sums } from './sums.js'
import { SUM_COLUMNS } from './tables.js'

type SumsByKey = Map<number, Sums>

/** Adds a batch to the tables: one statement for each subject, status and period that it touches. */
export class RollupStore {
  readonly #hourly: Statement
  readonly #daily: Statement
  readonly #totals: Statement
  readonly #subject: Statement
  readonly #userDay: Statement
  readonly #userTotal: Statement
  readonly #usersOfTotal: Statement
  readonly #membersOf: Statement<[number, number], Buffer>
  readonly #block: Statement
  readonly #presence: Statement
  readonly #present = new KeyCache(12)

  constructor(database: Database) {
    registerMerges(database)
    this.#hourly = database.prepare(upsertSums('feature_rollup_hourly', ['hour', 'subject_id']))
    this.#daily = database.prepare(upsertSums('feature_rollup_daily', ['day', 'subject_id']))
    this.#totals = database.prepare(upsertSums('feature_rollup_totals', ['id', 'subject_id']))
    this.#subject = database.prepare(
      'UPDATE feature_rollup_subjects SET calls = calls + ?, users = users + ? WHERE id = ?',
    )
    this.#userDay = database.prepare(
      `INSERT INTO feature_rollup_user_days VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET members = rollup_merge_days(members, excluded.members)`,
    )
    this.#userTotal = database.prepare('INSERT OR REPLACE INTO feature_rollup_user_totals VALUES (?, ?, ?)')
    this.#usersOfTotal = database.prepare('UPDATE feature_rollup_totals SET users = users + ? WHERE id = ?')
    this.#membersOf = database
      .prepare<[number, number], Buffer>(
        'SELECT members FROM feature_rollup_user_totals WHERE subject_id = ? AND chunk = ?',
      )
      .pluck()
    this.#block = database.prepare(
      `INSERT INTO feature_rollup_blocks VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET row_count = row_count + excluded.row_count,
       min_second = min(min_second, excluded.min_second), max_second = max(max_second, excluded.max_second)`,
    )
    this.#presence = database.prepare(
      `INSERT INTO feature_rollup_presence VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET blocks = rollup_merge_spans(blocks, excluded.blocks)`,
    )
  }

  /** Forgets what it has written, since it may not be there any more. */
  clear(): void {
    this.#present.clear()
  }

  write(batch: Batch): void {
    const totals = this.#writePeriods(batch)
    this.#writeTotals(totals, this.#writeUsers(batch))
    for (const [block, rows] of batch.blocks) this.#writeBlock(block, rows)
    this.#writePresence(batch)
  }

  /** Hours first: each becomes part of its day, and the days of the totals, once it is written. */
  #writePeriods({ sums, categories }: Batch): SumsByKey {
    const totals: SumsByKey = new Map()
    const days = new Map<number, SumsByKey>()
    for (const [hour, ofFeatures] of sums) {
      const ofHour = withParents(ofFeatures, categories)
      if (hour === NO_HOUR) {
        mergeAll(totals, ofHour)
        continue
      }
      for (const [key, one] of ofHour) this.#hourly.run(hour, ...subjectAndStatus(key), ...one.values())
      const day = Math.floor(hour / HOURS_PER_DAY)
      const ofDay = days.get(day)
      if (ofDay === undefined) days.set(day, ofHour)
      else mergeAll(ofDay, ofHour)
    }
    for (const [day, ofDay] of days) {
      for (const [key, one] of ofDay) this.#daily.run(day, ...subjectAndStatus(key), ...one.values())
      mergeAll(totals, ofDay)
    }
    return totals
  }

  #writeTotals(totals: SumsByKey, users: ReadonlyMap<number, number>): void {
    const calls = new Map<number, number>()
    for (const [key, one] of totals) {
      const [subject, status] = subjectAndStatus(key)
      this.#totals.run(key, subject, status, ...one.values())
      calls.set(subject, (calls.get(subject) ?? 0) + one.calls)
      const ofStatus = users.get(key)
      if (ofStatus !== undefined) this.#usersOfTotal.run(ofStatus, key)
    }
    for (const [subject, count] of calls) this.#subject.run(count, users.get(allStatuses(subject)) ?? 0, subject)
  }

  /** @returns how many users are new, by subject and status, and by subject under `allStatuses` */
  #writeUsers({ userDays, userTotals }: Batch): Map<number, number> {
    for (const [day, ofDay] of userDays)
      for (const [chunk, codes] of ofDay) this.#userDay.run(day, ...subjectAndChunk(chunk), encodeDay(codes))
    const users = new Map<number, number>()
    const count = (key: number, more: number) => users.set(key, (users.get(key) ?? 0) + more)
    for (const [at, codes] of userTotals) {
      const [subject, chunk] = subjectAndChunk(at)
      const added = addMembers(this.#membersOf.get(subject, chunk), codes)
      if (added === undefined) continue
      this.#userTotal.run(subject, chunk, added.bytes)
      count(allStatuses(subject), added.users)
      for (const [status, more] of added.byStatus.entries()) if (more > 0) count(subject * 8 + status, more)
    }
    return users
  }

  #writeBlock(block: number, { rows, minSecond, maxSecond }: BlockRows): void {
    this.#block.run(block, rows, minSecond, maxSecond)
  }

  #writePresence({ presence, categories }: Batch): void {
    const spans = new Map<number, Map<number, number[]>>()
    for (const [key, blocks] of presence) {
      for (const parent of parentsOf(key, categories))
        for (const block of blocks) {
          if (this.#present.add(block, parent)) continue
          const span = Math.floor(block / SPAN_BLOCKS)
          let ofSpan = spans.get(span)
          if (ofSpan === undefined) spans.set(span, (ofSpan = new Map()))
          push(ofSpan, parent, block - span * SPAN_BLOCKS)
        }
    }
    for (const [span, ofSpan] of spans)
      for (const [key, places] of ofSpan) this.#presence.run(span, ...subjectAndStatus(key), encodeSpan(places))
  }
}

function registerMerges(database: Database): void {
  const options = { deterministic: true }
  database.function('rollup_merge_latency', options, (a, b) => mergeBuckets(a as Buffer, b as Buffer))
  database.function('rollup_merge_days', options, (a, b) => mergeDays(a as Buffer, b as Buffer))
  database.function('rollup_merge_spans', options, (a, b) => mergeSpans(a as Buffer, b as Buffer))
}

function upsertSums(table: string, keys: readonly string[]): string {
  const columns = [...keys, 'status', ...SUM_COLUMNS]
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT DO UPDATE SET ${SUM_COLUMNS.map((column) => `${column} = ${merged(column)}`).join(', ')}`
}

function merged(column: (typeof SUM_COLUMNS)[number]): string {
  const added = `excluded.${column}`
  if (column === 'latency') return `rollup_merge_latency(latency, ${added})`
  if (column === 'first_start') return `min(coalesce(${column}, ${added}), coalesce(${added}, ${column}))`
  if (column === 'last_start') return `max(coalesce(${column}, ${added}), coalesce(${added}, ${column}))`
  if (column.endsWith('_min')) return `min(${column}, ${added})`
  return column.endsWith('_max') ? `max(${column}, ${added})` : `${column} + ${added}`
}

/** The sums of features, and of their categories and of all. */
function withParents(ofFeatures: SumsByKey, categories: ReadonlyMap<number, number>): SumsByKey {
  const all: SumsByKey = new Map()
  for (const [key, one] of ofFeatures) {
    const [, category, every] = parentsOf(key, categories) as [number, number, number]
    for (const parent of [category, every]) mergeCopy(all, parent, one)
  }
  for (const [key, one] of ofFeatures) all.set(key, one)
  return all
}

/** The key itself, that of its category, and that of all calls. */
function parentsOf(key: number, categories: ReadonlyMap<number, number>): number[] {
  const [subject, status] = subjectAndStatus(key)
  return [key, (categories.get(subject) as number) * 8 + status, ALL_CALLS * 8 + status]
}

function mergeAll(into: SumsByKey, from: SumsByKey): void {
  for (const [key, one] of from) {
    const known = into.get(key)
    if (known === undefined) into.set(key, one)
    else known.merge(one)
  }
}

function mergeCopy(into: SumsByKey, key: number, from: Sums): void {
  let known = into.get(key)
  if (known === undefined) into.set(key, (known = new Sums()))
  known.merge(from)
}

function subjectAndStatus(key: number): [subject: number, status: number] {
  return [Math.floor(key / 8), key % 8]
}

function subjectAndChunk(at: number): [subject: number, chunk: number] {
  return [Math.floor(at / CHUNKS), at % CHUNKS]
}

/** The key of a subject's calls whatever their status. */
function allStatuses(subject: number): number {
  return subject * 8 + 7
}
