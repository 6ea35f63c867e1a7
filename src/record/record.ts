import type { FeatureCategory } from './category.js'
import type { FeatureStatus } from './status.js'

/**
 * One use of one feature: the fifteen fields of table `feature_usage`, under the names of the Python original.
 * `recordId` is column `id`; every other field is the column of the same name in snake_case.
 */
export interface FeatureUsageRecord {
  /** UUID; in records of this library a UUIDv7, so that ids sort by start. */
  recordId: string
  featureName: string
  category: FeatureCategory
  status: FeatureStatus
  /** Seconds. */
  duration: number
  /** Fixed-width UTC text with microseconds; see `timeText`. */
  startTime: string
  endTime: string
  /** Bytes. */
  inputSize: number
  /** Bytes. */
  outputSize: number
  metadata: Record<string, unknown>
  /** A pseudonym, unless anonymisation is off or the original wrote the row. */
  userId: string | null
  sessionId: string
  errorMessage: string | null
  /** 0 to 1; see `calculateEfficiency`. */
  efficiencyScore: number | null
  iterations: number
}

/** The fields of a record in the order of the table's columns. */
export const RECORD_FIELDS = [
  'recordId',
  'featureName',
  'category',
  'status',
  'duration',
  'startTime',
  'endTime',
  'inputSize',
  'outputSize',
  'metadata',
  'userId',
  'sessionId',
  'errorMessage',
  'efficiencyScore',
  'iterations',
] as const satisfies readonly (keyof FeatureUsageRecord)[]
