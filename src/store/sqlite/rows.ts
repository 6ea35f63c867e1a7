import { type FeatureUsageRecord, normalizeTimeText, parseCategory, parseStatus } from '../../record/index.js'
import { COLUMNS } from './schema.js'

/**
 * A value as SQLite stores it. Only other programs write integers beyond the safe ones, or bytes: they come as bigint
 * and Uint8Array where a copy has to be exact.
 */
export type SqlValue = string | number | bigint | Uint8Array | null

/**
 * Where a flat list of rows has a row's link, which goes into a table of its own: the ids of its trace (32 hexadecimal
 * digits), its span (16) and, where it has one, the parent's span (16), one after the other.
 */
export const LINK = COLUMNS.length

/** Values of one row in a flat list of rows. */
export const ROW_WIDTH = LINK + 1

/** A row of `feature_usage` as better-sqlite3 reads it, an array in the order of the columns. */
export type Row = [
  id: string,
  featureName: string,
  category: string,
  status: string,
  duration: number,
  startTime: string,
  endTime: string,
  inputSize: number | null,
  outputSize: number | null,
  metadata: string | null,
  userId: string | null,
  sessionId: string,
  errorMessage: string | null,
  efficiencyScore: number | null,
  iterations: number | null,
]

/**
 * Appends a record's values to a flat list. One list for a whole batch crosses to the writer's thread faster than an
 * array of rows or of records.
 */
export function pushRow(values: SqlValue[], record: FeatureUsageRecord): void {
  values.push(
    record.recordId,
    record.featureName,
    record.category,
    record.status,
    record.duration,
    record.startTime,
    record.endTime,
    record.inputSize,
    record.outputSize,
    metadataText(record.metadata),
    record.userId,
    record.sessionId,
    record.errorMessage,
    record.efficiencyScore,
    record.iterations,
    null,
  )
}

/** The original reads any JSON object here. */
function metadataText(metadata: Readonly<Record<string, unknown>>): string {
  // oxlint-disable-next-line guard-for-in -- only whether there is a key at all
  for (const _key in metadata) return JSON.stringify(metadata)
  return '{}'
}

/** The record of a row, whoever wrote it: times become UTC, unknown categories `other`, broken metadata its text. */
export function recordFromRow(row: Row): FeatureUsageRecord {
  return {
    recordId: row[0],
    featureName: row[1],
    category: parseCategory(row[2]) ?? 'other',
    status: parseStatus(row[3]) ?? 'failed',
    duration: row[4],
    startTime: normalizeTimeText(row[5]),
    endTime: normalizeTimeText(row[6]),
    inputSize: row[7] ?? 0,
    outputSize: row[8] ?? 0,
    metadata: parseMetadata(row[9]),
    userId: row[10],
    sessionId: row[11],
    errorMessage: row[12],
    efficiencyScore: row[13],
    iterations: row[14] ?? 1,
  }
}

function parseMetadata(text: string | null): Record<string, unknown> {
  if (text === null || text === '' || text === '{}') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
    return { value }
  } catch {
    return { text }
  }
}
