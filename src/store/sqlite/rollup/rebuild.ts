import type { Database } from 'better-sqlite3'
import { mergeBuckets } from './histogram.js'
import { addMembers, countWith, eachDayMember, memberCode } from './members.js'
import type { RollupState } from './state.js'
import { SUM_COLUMNS } from './tables.js'

/**
 * Drops the sums that can be made from rows, and sets the state back so that all rows are taken in anew. Sums of frozen
 * days stay; the totals begin with them. Runs in a transaction of the caller, who writes the state.
 *
 * @param lastRowid the highest rowid in use
 */
export function beginRebuild(database: Database, state: RollupState, lastRowid: number): void {
  const frozenDay = state.frozen_day
  dropSums(database, frozenDay)
  if (frozenDay !== null) {
    registerAggregates(database)
    restoreTotals(database)
    restoreUsers(database)
  }
  // Rows that are counted in frozen sums are those up to the watermark, or up to where an earlier rebuild began.
  if (frozenDay !== null) state.recounted_rowid = Math.min(Math.max(state.watermark, state.recounted_rowid), lastRowid)
  state.watermark = 0
  state.watermark_id = null
  state.text_forms = 0
  state.rebuilding = 1
  state.generation++
}

function dropSums(database: Database, frozenDay: number | null): void {
  const [hours, days] =
    frozenDay === null ? ['', ''] : [` WHERE hour >= ${frozenDay * 24}`, ` WHERE day >= ${frozenDay}`]
  database.exec(`
    DELETE FROM feature_rollup_hourly${hours};
    DELETE FROM feature_rollup_daily${days};
    DELETE FROM feature_rollup_user_days${days};
    DELETE FROM feature_rollup_totals;
    DELETE FROM feature_rollup_user_totals;
    DELETE FROM feature_rollup_blocks;
    DELETE FROM feature_rollup_presence;
    UPDATE feature_rollup_subjects SET calls = 0, users = 0 WHERE calls > 0 OR users > 0`)
}

/** The totals of frozen days. */
function restoreTotals(database: Database): void {
  database.exec(`
    INSERT INTO feature_rollup_totals (id, subject_id, status, ${SUM_COLUMNS.join(', ')})
      SELECT subject_id * 8 + status, subject_id, status, ${SUM_COLUMNS.map(totalOf).join(', ')} FROM feature_rollup_daily GROUP BY subject_id, status;
    UPDATE feature_rollup_subjects SET calls =
      coalesce((SELECT sum(calls) FROM feature_rollup_totals AS found WHERE found.id BETWEEN feature_rollup_subjects.id * 8 AND feature_rollup_subjects.id * 8 + 7), 0)`)
}

function totalOf(column: (typeof SUM_COLUMNS)[number]): string {
  if (column === 'latency') return 'rollup_merge_latencies(latency)'
  if (column === 'first_start' || column.endsWith('_min')) return `min(${column})`
  return column === 'last_start' || column.endsWith('_max') ? `max(${column})` : `sum(${column})`
}

/** The users of frozen days, as those of all time. A member of all time has two bytes. */
function restoreUsers(database: Database): void {
  database.exec(`
    INSERT INTO feature_rollup_user_totals
      SELECT subject_id, chunk, rollup_members_ever(members) FROM feature_rollup_user_days GROUP BY subject_id, chunk;
    UPDATE feature_rollup_subjects SET users = coalesce((SELECT sum(length(members)) / 2
      FROM feature_rollup_user_totals WHERE subject_id = feature_rollup_subjects.id), 0);
    UPDATE feature_rollup_totals SET users = coalesce((SELECT sum(rollup_members_with(members, status))
      FROM feature_rollup_user_totals AS found WHERE found.subject_id = feature_rollup_totals.subject_id), 0)`)
}

function registerAggregates(database: Database): void {
  database.aggregate<Uint8Array>('rollup_merge_latencies', {
    start: () => new Uint8Array(0),
    step: (total, next) => mergeBuckets(total, next),
  })
  database.aggregate<number[]>('rollup_members_ever', {
    start: () => [],
    step: (codes, next) => {
      eachDayMember(next as unknown as Buffer, (place, status) => codes.push(memberCode(place, status, 0)))
    },
    result: (codes) => addMembers(undefined, codes)?.bytes,
  })
  database.function('rollup_members_with', { deterministic: true }, (members, status) =>
    countWith(members as Buffer, status as number),
  )
}
