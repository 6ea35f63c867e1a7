import type { Question } from '../filter.js'
import { storedCategory } from './dictionary.js'
import { eachLooseRow, eachRowOf, type Parts } from './parts.js'
import type { Snapshot } from './snapshot.js'
import { RAW_COLUMNS, type RawRow, Tally } from './tally.js'

/** A feature under one category, and how many calls of it are asked for. */
export interface Candidate {
  readonly featureName: string
  readonly category: string
  /** Undefined while no sums have it. */
  readonly subject: number | undefined
  calls: number
  /** Of rows that no sum has. */
  readonly loose: Loose | undefined
}

interface Loose {
  readonly tally: Tally
  readonly users: Set<string>
}

/** By name and category, the rows that no sum has; of a user, all. */
export function looseRows(snapshot: Snapshot, question: Question, parts: Parts): Map<string, Candidate> {
  const found = new Map<string, Candidate>()
  const take = (row: RawRow, { micros }: { micros: number }) => {
    const category = storedCategory(row[1])
    const key = `${category}\0${row[0]}`
    let candidate = found.get(key)
    if (candidate === undefined) {
      const more = { tally: new Tally(), users: new Set<string>() }
      candidate = { featureName: row[0], category, subject: undefined, calls: 0, loose: more }
      found.set(key, candidate)
    }
    candidate.calls++
    candidate.loose?.tally.addRow(row, micros)
    if (row[7] !== null) candidate.loose?.users.add(row[7])
  }
  if (question.users === undefined) eachLooseRow(snapshot, question, parts, take, RAW_COLUMNS)
  else eachRowOf(snapshot, question, take)
  return found
}

type Ranked = Pick<Candidate, 'featureName' | 'category' | 'calls'>

export function mostUsedFirst(a: Ranked, b: Ranked): number {
  return b.calls - a.calls || byteOrder(a.featureName, b.featureName) || byteOrder(a.category, b.category)
}

/** As SQLite compares text, which differs from JavaScript's order beyond U+FFFF. */
function byteOrder(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}
