import { createHash } from 'node:crypto'
import { type Attributes, type HrTime, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import type { Resource } from '@opentelemetry/resources'
import { parseStatus, parseTimeText } from '../../../record/index.js'
import {
  ATTR_CATEGORY,
  ATTR_EFFICIENCY,
  ATTR_ERROR_MESSAGE,
  ATTR_ERROR_TYPE,
  ATTR_INPUT_SIZE,
  ATTR_ITERATIONS,
  ATTR_METADATA_PREFIX,
  ATTR_NAME,
  ATTR_OUTPUT_SIZE,
  ATTR_RECORD_ID,
  ATTR_SESSION_ID,
  ATTR_STATUS,
  ATTR_USER_HASH,
  ATTR_USER_ID,
  SCOPE_NAME,
} from '../../../span/index.js'
import type { SqlValue } from '../../../store/index.js'
import { type Column, columnAt } from '../../rows/columns.js'

/** The longest status message that backends show well. */
const MAX_MESSAGE = 1000

/** The span that a stored row was, or could have been; undefined where its start is no time. */
export function spanOfRow(row: readonly SqlValue[], resource: Resource): ReadableSpan | undefined {
  const text = (column: Column): string => String(row[columnAt(column)] ?? '')
  const start = parseTimeText(text('start_time'))
  if (start === undefined) return undefined
  const seconds = Number(row[columnAt('duration')])
  const length = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds * 1e6)) : 0
  const metadata = metadataOf(row[columnAt('metadata')])
  const status = parseStatus(text('status')) ?? 'failed'
  const isError = status === 'failed' || status === 'timeout'
  const message = row[columnAt('error_message')]
  const attributes = attributesOf(row, text, metadata, status)
  return {
    name: text('feature_name'),
    kind: SpanKind.INTERNAL,
    spanContext: () => contextOf(text('id'), metadata),
    startTime: hrTime(start),
    endTime: hrTime(start + length),
    duration: hrTime(length),
    status: isError
      ? { code: SpanStatusCode.ERROR, ...(message === null ? {} : { message: String(message).slice(0, MAX_MESSAGE) }) }
      : { code: SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: SCOPE_NAME },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

function attributesOf(
  row: readonly SqlValue[],
  text: (column: Column) => string,
  metadata: Readonly<Record<string, unknown>>,
  status: string,
): Attributes {
  const attributes: Attributes = {
    [ATTR_NAME]: text('feature_name'),
    [ATTR_CATEGORY]: text('category'),
    [ATTR_STATUS]: status,
    [ATTR_RECORD_ID]: text('id'),
    [ATTR_SESSION_ID]: text('session_id'),
  }
  const numbers = {
    [ATTR_INPUT_SIZE]: row[columnAt('input_size')],
    [ATTR_OUTPUT_SIZE]: row[columnAt('output_size')],
    [ATTR_ITERATIONS]: row[columnAt('iterations')],
    [ATTR_EFFICIENCY]: row[columnAt('efficiency_score')],
  }
  for (const [name, value] of Object.entries(numbers))
    if (typeof value === 'number' && Number.isFinite(value)) attributes[name] = value
  const user = row[columnAt('user_id')]
  if (typeof user === 'string') attributes[/^[0-9a-f]{64}$/.test(user) ? ATTR_USER_HASH : ATTR_USER_ID] = user
  if (status === 'timeout') attributes[ATTR_ERROR_TYPE] = 'timeout'
  const message = row[columnAt('error_message')]
  if (typeof message === 'string') attributes[ATTR_ERROR_MESSAGE] = message
  for (const [key, value] of Object.entries(metadata)) attributes[ATTR_METADATA_PREFIX + key] = scalar(value)
  return attributes
}

function scalar(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return typeof value === 'number' && Number.isFinite(value) ? value : JSON.stringify(value)
}

function metadataOf(value: SqlValue | undefined): Readonly<Record<string, unknown>> {
  if (typeof value !== 'string' || value === '{}') return {}
  try {
    const parsed: unknown = JSON.parse(value)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>
  } catch {
    // It is shown as the text that it is.
  }
  return { text: value }
}

/** The ids that metadata has kept; else made from the record's id, the same each time it is sent. */
function contextOf(id: string, metadata: Readonly<Record<string, unknown>>): SpanContext {
  const made = createHash('sha256').update(id).digest('hex')
  return {
    traceId: hexId(metadata['trace_id'], 32) ?? made.slice(0, 32),
    spanId: hexId(metadata['span_id'], 16) ?? made.slice(32, 48),
    traceFlags: 1,
  }
}

function hexId(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string' || value.length !== length || !/^[0-9a-f]+$/.test(value)) return undefined
  return /^0+$/.test(value) ? undefined : value
}

function hrTime(micros: number): HrTime {
  const seconds = Math.floor(micros / 1e6)
  return [seconds, Math.round(micros - seconds * 1e6) * 1000]
}
