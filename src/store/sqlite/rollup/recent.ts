import { normalizeTimeText, parseTimeText } from '../../../record/index.js'
import { and, type Condition, conditionOf, type Question } from '../filter.js'
import type { Row } from '../rows.js'
import { COLUMNS } from '../schema.js'
import { BLOCK_ROWS, NO_SECOND } from './blocks.js'
import { narrowestIndex } from './parts.js'
import { PresentBlocks } from './present-blocks.js'
import type { Snapshot } from './snapshot.js'
import { UserHours } from './user-hours.js'

/** Rows that are not in the rollups yet are looked through one by one, up to this number. */
const MAX_TAIL_ROWS = 20_000

/** More records than this are sorted by SQLite. */
const MAX_LIMIT = 10_000

/** All of a row. */
const WHOLE = COLUMNS.join(', ')

/** A row with what it is sorted by. */
export interface Sortable {
  readonly row: Row
  /** UTC where it is a time. */
  readonly start: string
}

export function sortable(row: Row): Sortable {
  return { row, start: normalizeTimeText(row[5]) }
}

export function latestFirst(a: Sortable, b: Sortable): number {
  if (a.start !== b.start) return a.start < b.start ? 1 : -1
  return a.row[0] < b.row[0] ? 1 : -1
}

/**
 * The latest rows of a question. Blocks of rows are looked through by their latest start, and only those that can have a
 * row of the feature, status and user, until no block that is left has a row as late as the last one wanted.
 *
 * @param columns in the order of a row's; NULL for those that are not needed, except the id and the start
 * @returns undefined when the rollups do not tell where to look
 */
export function recentRows(snapshot: Snapshot, question: Question, limit: number, columns = WHOLE): Row[] | undefined {
  const { watermark } = snapshot
  if (limit > MAX_LIMIT || snapshot.lastRowid() - watermark > MAX_TAIL_ROWS) return undefined
  const latest = new Latest(limit)
  const tail = conditionOf(question, undefined, narrowestIndex(question))
  const rowsOf = (condition: Condition, from: number, to: number): Row[] =>
    rowsBetween(snapshot, columns, condition, from, to)
  latest.add(rowsOf(tail, watermark === 0 ? -Infinity : watermark + 1, Infinity))
  if (watermark === 0) return latest.rows()
  const condition = conditionOf(question, snapshot.textForms, narrowestIndex(question))
  const isIn = blockTest(snapshot, question)
  if (isIn === undefined) return latest.rows()
  // A row without a time is in no period, and without a period anywhere.
  const seconds = [Math.floor(question.since / 1_000_000), Math.ceil(question.until / 1_000_000)] as const
  for (const [block, minSecond, maxSecond] of snapshot.blocks(seconds)) {
    if (Math.min(maxSecond, seconds[1]) < latest.threshold) break
    if (!isIn(block, minSecond, maxSecond)) continue
    const first = block * BLOCK_ROWS
    latest.add(rowsOf(condition, first, Math.min(first + BLOCK_ROWS - 1, watermark)))
  }
  return latest.rows()
}

function rowsBetween(
  snapshot: Snapshot,
  columns: string,
  { where, values }: Condition,
  from: number,
  to: number,
): Row[] {
  const select = `SELECT ${columns} FROM feature_usage`
  return snapshot.statements.rows(`${select}${and(where, 'rowid BETWEEN ? AND ?')}`, ...values, from, to)
}

/** Whether a block can have a row of the question; undefined when none can. */
function blockTest(
  snapshot: Snapshot,
  question: Question,
): ((block: number, minSecond: number, maxSecond: number) => boolean) | undefined {
  const { featureName, category, status, users } = question
  const isNarrow = [featureName, category, status, question.unsuccessful].some((given) => given !== undefined)
  const present = isNarrow ? new PresentBlocks(snapshot, question) : undefined
  const hours = users === undefined ? undefined : new UserHours(snapshot, question, users)
  if (present?.isEmpty === true || hours?.isEmpty === true) return undefined
  return (block, minSecond, maxSecond) =>
    (present === undefined || present.has(block)) && (hours === undefined || hours.meets(minSecond, maxSecond))
}

/** The latest of the rows that come. */
class Latest {
  readonly #limit: number
  #found: Sortable[] = []
  /** The second of the last row that is wanted, as far as it is known; a block without one as late is of no use. */
  threshold = -Infinity

  constructor(limit: number) {
    this.#limit = limit
  }

  add(rows: readonly Row[]): void {
    if (rows.length === 0) return
    for (const row of rows) this.#found.push(sortable(row))
    if (this.#found.length < this.#limit) return
    this.#cut()
    this.threshold = secondOf((this.#found.at(-1) as Sortable).start)
  }

  rows(): Row[] {
    this.#cut()
    return this.#found.map(({ row }) => row)
  }

  #cut(): void {
    this.#found = this.#found.toSorted(latestFirst).slice(0, this.#limit)
  }
}

/** The second of a start; of a text that is no time, before or after all as it sorts. */
function secondOf(start: string): number {
  const micros = parseTimeText(start)
  if (micros !== undefined) return Math.floor(micros / 1_000_000)
  return start < ':' ? -Infinity : NO_SECOND
}
