import type { FeatureCategory } from './category.js'
import { createRecordId, deriveRecordId } from './ids.js'
import type { FeatureUsageRecord } from './record.js'
import type { FeatureStatus } from './status.js'
import { timeText } from './time.js'

/**
 * A record on its way to the store, in the form that costs the application's thread least: times are numbers, metadata
 * is JSON text, and an id is only there when somebody has seen it.
 */
export interface RecordDraft {
  /** Undefined leaves it to the store to make one: of trace, span and start where they are there, else of the start. */
  readonly recordId: string | undefined
  readonly featureName: string
  readonly category: FeatureCategory
  readonly status: FeatureStatus
  /** Seconds. */
  readonly duration: number
  /** Microseconds since the Unix epoch, whole. */
  readonly startMicros: number
  readonly endMicros: number
  /** Bytes. */
  readonly inputSize: number
  /** Bytes. */
  readonly outputSize: number
  /** A JSON object as text; undefined is an empty one. */
  readonly metadataText: string | undefined
  readonly userId: string | null
  readonly sessionId: string
  readonly errorMessage: string | null
  /** 0 to 1. */
  readonly efficiencyScore: number | null
  readonly iterations: number
  /** Where the call stands in its trace, where that is known: 32 hexadecimal digits. */
  readonly traceId?: string | undefined
  /** 16 hexadecimal digits; it is there where the trace id is. */
  readonly spanId?: string | undefined
  /** 16 hexadecimal digits, where the trace id is there and the call has a parent. */
  readonly parentSpanId?: string | undefined
  /** Whether the record id is what `deriveRecordId` makes of trace, span and start, so that the store can make it too. */
  readonly isIdDerived?: boolean | undefined
}

/**
 * The record that a draft stands for.
 * @throws RangeError when a time lies outside the years 0 to 9999
 */
export function recordOfDraft(draft: RecordDraft): FeatureUsageRecord {
  const { metadataText } = draft
  return {
    recordId: draft.recordId ?? idOfDraft(draft),
    featureName: draft.featureName,
    category: draft.category,
    status: draft.status,
    duration: draft.duration,
    startTime: timeText(draft.startMicros),
    endTime: timeText(draft.endMicros),
    inputSize: draft.inputSize,
    outputSize: draft.outputSize,
    metadata: metadataText === undefined ? {} : (JSON.parse(metadataText) as Record<string, unknown>),
    userId: draft.userId,
    sessionId: draft.sessionId,
    errorMessage: draft.errorMessage,
    efficiencyScore: draft.efficiencyScore,
    iterations: draft.iterations,
  }
}

function idOfDraft({ traceId, spanId, startMicros }: RecordDraft): string {
  const millis = startMicros / 1000
  return traceId === undefined || spanId === undefined
    ? createRecordId(millis)
    : deriveRecordId(traceId, spanId, millis)
}
