import type { Database } from 'better-sqlite3'
import { type FeatureCategory, parseTime, requireCategory, type TimeInput } from '../../record/index.js'
import { countRows, type RemovalQuestion, type Space, startOfNth } from '../../store/sqlite/housekeeping/index.js'

/** What is to be left; of several limits each is kept. */
export interface CleanupLimits {
  /** Remove rows of calls that started before this time. */
  readonly before?: TimeInput | undefined
  /** Leave so many rows, the latest ones, of those that are looked at. */
  readonly maxRows?: number | undefined
  /** Leave so many bytes in the file. */
  readonly maxBytes?: number | undefined
  /** Look at rows of this feature only. */
  readonly featureName?: string | undefined
  /** Look at rows of this category only. */
  readonly category?: FeatureCategory | undefined
}

/** Of a file's bytes, the share that rows and their indexes are taken to have. The rest are the sums. */
const ROWS_SHARE = 0.97

/** @throws TypeError that names a bad value, or that there is no limit */
export function requireLimits(limits: CleanupLimits): void {
  const { before, maxRows, maxBytes, category } = limits
  if (before === undefined && maxRows === undefined && maxBytes === undefined)
    throw new TypeError('no limit is given: give before, maxRows or maxBytes')
  if (before !== undefined) parseTime(before, 'before')
  for (const [name, value] of Object.entries({ maxRows, maxBytes }))
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0))
      throw new TypeError(`${name} is ${String(value)}: give a whole number of 0 or more`)
  if (category !== undefined) requireCategory(category)
}

/** The rows that a limit is about. */
export function wantedOf({ featureName, category }: CleanupLimits): Omit<RemovalQuestion, 'until'> {
  return { featureName, category }
}

/**
 * Before which time rows have to go for the limits of age and number.
 * @returns microseconds; undefined where none has to
 */
export function cutOf(database: Database, limits: CleanupLimits): number | undefined {
  const cuts: number[] = []
  if (limits.before !== undefined) cuts.push(parseTime(limits.before, 'before'))
  if (limits.maxRows !== undefined) {
    const cut = cutOfRows(database, limits, limits.maxRows)
    if (cut !== undefined) cuts.push(cut)
  }
  return cuts.length === 0 ? undefined : Math.max(...cuts)
}

function cutOfRows(database: Database, limits: CleanupLimits, maxRows: number): number | undefined {
  const wanted = wantedOf(limits)
  // Of rows that started at the same time as the last one that stays, all stay.
  if (maxRows > 0)
    return countRows(database, wanted) > maxRows ? startOfNth(database, wanted, maxRows, 'latest') : undefined
  const latest = startOfNth(database, wanted, 1, 'latest')
  return latest === undefined ? undefined : latest + 1
}

/** Pages become free only when all that was on them is gone: where little lacks, each round removes more than the last. */
const LEAST_SHARE = 0.002

/**
 * The same for the file's size, as far as the mean row tells.
 * @param round counts from 0
 * @returns undefined where it is small enough, or no row is left that could go
 */
export function cutOfBytes(database: Database, limits: CleanupLimits, space: Space, round = 0): number | undefined {
  const excess = space.bytes - space.freeBytes - (limits.maxBytes ?? Infinity)
  if (excess <= 0) return undefined
  const wanted = wantedOf(limits)
  const all = countRows(database, {})
  const least = round === 0 ? 1 : all * LEAST_SHARE * 2 ** round
  const rows = Math.ceil(Math.max(least, excess / bytesOfRow(space, all)))
  const cut = startOfNth(database, wanted, rows, 'earliest') ?? startOfNth(database, wanted, 1, 'latest')
  return cut === undefined ? undefined : cut + 1
}

/** Bytes that a row takes with its part of the indexes, on the average. */
export function bytesOfRow({ bytes, freeBytes }: Space, rows: number): number {
  return Math.max(1, ((bytes - freeBytes) * ROWS_SHARE) / Math.max(1, rows))
}
