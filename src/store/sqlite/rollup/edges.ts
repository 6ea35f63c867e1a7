import { HOUR_MICROS } from './instant.js'
import type { Parts } from './parts.js'
import type { Span } from './period.js'
import type { Snapshot } from './snapshot.js'
import type { StatusMask } from './users.js'

/**
 * The parts of a period for some subjects, with the rows of fewer edges: an hour's sums tell when its first and last
 * calls were. Where all are in the edge the hour is taken whole, and where none is the edge is left out.
 */
export function settleEdges(
  snapshot: Snapshot,
  subjects: readonly number[],
  statuses: StatusMask,
  parts: Parts,
): Parts {
  if (parts.isEver || parts.edges.length === 0) return parts
  const edges: Span[] = []
  const hours = [...parts.hours]
  let { whole } = parts
  for (const edge of parts.edges) {
    const hour = Math.floor(edge[0] / HOUR_MICROS)
    const share = shareOfHour(snapshot, subjects, statuses, hour, edge)
    if (share === 'some') edges.push(edge)
    if (share !== 'all') continue
    hours.push([hour, hour + 1])
    // The hour of an edge is next to the whole ones.
    whole = whole[0] < whole[1] ? [Math.min(whole[0], hour), Math.max(whole[1], hour + 1)] : [hour, hour + 1]
  }
  return { ...parts, edges, hours, whole }
}

/** How much of an hour's calls of some subjects is in an edge. */
function shareOfHour(
  snapshot: Snapshot,
  subjects: readonly number[],
  statuses: StatusMask,
  hour: number,
  [since, until]: Span,
): 'all' | 'some' | 'none' {
  if (until > (hour + 1) * HOUR_MICROS) return 'some'
  let [isAll, isNone] = [true, true]
  for (const subject of subjects)
    for (const [status, firstStart, lastStart] of startsOfHour(snapshot, hour, subject)) {
      if (((statuses >>> status) & 1) === 0) continue
      if (firstStart < until && lastStart >= since) isNone = false
      if (firstStart < since || lastStart >= until) isAll = false
    }
  if (isNone) return 'none'
  return isAll ? 'all' : 'some'
}

function startsOfHour(
  snapshot: Snapshot,
  hour: number,
  subject: number,
): [status: number, firstStart: number, lastStart: number][] {
  return snapshot.statements.rows(
    'SELECT status, first_start, last_start FROM feature_rollup_hourly WHERE hour = ? AND subject_id = ?',
    hour,
    subject,
  )
}
