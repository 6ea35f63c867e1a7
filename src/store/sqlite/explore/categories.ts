import { FEATURE_CATEGORIES } from '../../../record/index.js'
import type { CategoryCalls } from '../../explore.js'
import type { Question } from '../filter.js'
import type { Snapshot } from '../rollup/snapshot.js'
import { tallyOf } from '../rollup/stats.js'

/** The calls of a question by category, the most used first. */
export function categoryCalls(snapshot: Snapshot, question: Question): CategoryCalls[] {
  const asked = question.category === undefined ? FEATURE_CATEGORIES : [question.category]
  return asked
    .map((category) => ({
      category,
      calls: tallyOf(snapshot, { ...question, category, leaveOutUsers: true }).tally.calls,
    }))
    .filter(({ calls }) => calls > 0)
    .toSorted((a, b) => b.calls - a.calls)
}
