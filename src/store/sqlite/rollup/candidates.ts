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

/** The rows that no sum has, by feature; of a user, all. */
export function looseRows(snapshot: Snapshot, question: Question, parts: Parts): Candidate[] {
  const found: Candidate[] = []
  // A text made of both for each row would cost more than all else.
  const byName = new Map<string, Map<string, Candidate>>()
  const candidateOf = (featureName: string, category: string): Candidate => {
    let byCategory = byName.get(featureName)
    if (byCategory === undefined) byName.set(featureName, (byCategory = new Map()))
    let candidate = byCategory.get(category)
    if (candidate === undefined) {
      const loose = { tally: new Tally(), users: new Set<string>() }
      candidate = { featureName, category, subject: undefined, calls: 0, loose }
      byCategory.set(category, candidate)
      found.push(candidate)
    }
    return candidate
  }
  const take = (row: RawRow, { micros }: { micros: number }) => {
    const candidate = candidateOf(row[0], storedCategory(row[1]))
    candidate.calls++
    candidate.loose?.tally.addRow(row, micros)
    if (row[7] !== null) candidate.loose?.users.add(row[7])
  }
  if (question.users === undefined) eachLooseRow(snapshot, question, parts, take, RAW_COLUMNS)
  else eachRowOf(snapshot, question, take)
  return found
}

/** What tells a feature under one category from all others. */
export function keyOf({ featureName, category }: Pick<Candidate, 'featureName' | 'category'>): string {
  return `${category}\0${featureName}`
}

type Ranked = Pick<Candidate, 'featureName' | 'category' | 'calls'>

export function mostUsedFirst(a: Ranked, b: Ranked): number {
  return b.calls - a.calls || byteOrder(a.featureName, b.featureName) || byteOrder(a.category, b.category)
}

/** As SQLite compares text, which differs from JavaScript's order beyond U+FFFF. */
function byteOrder(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}
