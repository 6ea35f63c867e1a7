import { type HrTime, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import type { FinishedSpan } from '../../readable-span.js'
import { isOtlp, spansOfOtlp } from './otlp-json.js'
import { type Fields, isFields, listOf, textIn } from './json.js'

/** A finished span that was written to a file. */
export interface RecordedSpan extends FinishedSpan {
  readonly parentSpanId: string | undefined
}

const KINDS = ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const CODES = ['UNSET', 'OK', 'ERROR']

/**
 * The spans of a file: JSON lines or one JSON document, of spans in the form that `spanToJson` gives, or of OTLP JSON
 * (`resourceSpans`), as the collector's file exporter writes it.
 *
 * @throws TypeError that says where the text is no such thing
 */
export function readRecordedSpans(text: string): RecordedSpan[] {
  const whole = parse(text)
  if (whole !== undefined) return listOf(whole).flatMap((value, index) => spansIn(value, `item ${index + 1}`))
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const value = parse(line)
    if (value === undefined)
      throw new TypeError(`line ${index + 1} is not JSON: give one span, or one OTLP request, a line`)
    return spansIn(value, `line ${index + 1}`)
  })
}

/** A span in the form in which a dry run takes it, one to a line. Attributes are kept as they are, prompts included. */
export function spanToJson(
  span: FinishedSpan & { readonly parentSpanContext?: { readonly spanId: string } | undefined },
): Record<string, unknown> {
  const { traceId, spanId } = span.spanContext()
  return {
    name: span.name,
    kind: KINDS[span.kind],
    scope: span.instrumentationScope?.name,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    startTimeUnixNano: nanos(span.startTime),
    endTimeUnixNano: nanos(span.endTime),
    status: { code: CODES[span.status.code], message: span.status.message },
    attributes: span.attributes,
    events: span.events.map(({ name, attributes }) => ({ name, attributes })),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function spansIn(value: unknown, place: string): RecordedSpan[] {
  if (isFields(value) && isOtlp(value)) return spansOfOtlp(value).map((span) => recordedSpan(span, place))
  return [recordedSpan(value, place)]
}

function recordedSpan(value: unknown, place: string): RecordedSpan {
  if (!isFields(value) || typeof value['name'] !== 'string')
    throw new TypeError(
      `${place} is no span: give an object with name, kind, scope, traceId, spanId, times and attributes`,
    )
  const startTime = timeIn(value, 'startTimeUnixNano', place)
  const endTime = value['endTimeUnixNano'] === undefined ? startTime : timeIn(value, 'endTimeUnixNano', place)
  const spanId = textIn(value, 'spanId') ?? ''
  return {
    name: value['name'],
    kind: numbered(KINDS, value['kind'], place, 'kind'),
    instrumentationScope: { name: textIn(value, 'scope') ?? '' },
    parentSpanId: textIn(value, 'parentSpanId'),
    startTime,
    endTime,
    duration: durationOf(startTime, endTime),
    status: statusIn(value, place),
    attributes: isFields(value['attributes']) ? value['attributes'] : {},
    events: listOf(value['events'] ?? [])
      .filter(isFields)
      .map((event) => ({
        name: textIn(event, 'name') ?? '',
        attributes: isFields(event['attributes']) ? event['attributes'] : {},
      })),
    spanContext: () => ({ traceId: textIn(value, 'traceId') ?? '', spanId, traceFlags: TraceFlags.NONE }),
  }
}

function statusIn(span: Fields, place: string): FinishedSpan['status'] {
  const { status } = span
  if (!isFields(status)) return { code: SpanStatusCode.UNSET }
  const code = numbered(CODES, status['code'], place, 'status.code')
  const message = textIn(status, 'message')
  return message === undefined ? { code } : { code, message }
}

/** A number, or its name in capitals or not. */
function numbered(names: readonly string[], value: unknown, place: string, field: string): number {
  const index = typeof value === 'string' ? names.indexOf(value.toUpperCase()) : (value ?? 0)
  if (typeof index === 'number' && index >= 0 && index < names.length) return index
  throw new TypeError(`${place}: ${field} is ${JSON.stringify(value)}: give one of ${names.join(', ')}`)
}

/** Nanoseconds since 1970 as a text or number, or ISO 8601 text. */
function timeIn(span: Fields, field: string, place: string): HrTime {
  const value = span[field]
  if ((typeof value === 'string' && /^\d{1,20}$/.test(value)) || Number.isSafeInteger(value))
    return hrTime(BigInt(value as string | number))
  const millis = typeof value === 'string' ? Date.parse(value) : Number(value) / 1e6
  if (!Number.isFinite(millis))
    throw new TypeError(
      `${place}: ${field} is ${JSON.stringify(value) ?? 'missing'}: give nanoseconds since 1970 as text`,
    )
  return hrTime(BigInt(Math.round(millis * 1000)) * 1000n)
}

function hrTime(nano: bigint): HrTime {
  return [Number(nano / NANOS), Number(nano % NANOS)]
}

const NANOS = 1_000_000_000n

function nanos([seconds, nano]: HrTime): string {
  return String(BigInt(seconds) * NANOS + BigInt(nano))
}

function durationOf(start: HrTime, end: HrTime): HrTime {
  const nano = BigInt(nanos(end)) - BigInt(nanos(start))
  return hrTime(nano < 0n ? 0n : nano)
}
