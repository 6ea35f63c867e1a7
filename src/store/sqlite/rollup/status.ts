import { FEATURE_STATUSES } from '../../../record/index.js'

/** Numbers of the statuses in the rollups: 0 success, 1 failed, 2 partial, 3 timeout. */
const CODES: ReadonlyMap<string, number> = new Map(FEATURE_STATUSES.map((status, code) => [status, code]))

/** Any other text that somebody stored as a status: such calls are in the totals, and in no status's own count. */
const UNKNOWN_STATUS = 4

/** How many statuses the rollups tell apart. */
export const STATUS_COUNT = 5

/** All of them, as bits. */
export const ALL_STATUSES = 2 ** STATUS_COUNT - 1

/** The number of a status as it is stored; spelled otherwise it is another one, as in SQL. */
export function statusCode(status: string): number {
  return CODES.get(status) ?? UNKNOWN_STATUS
}
