import { type HrTime, SpanStatusCode } from '@opentelemetry/api'
import {
  boundMetadata,
  calculateEfficiency,
  define,
  deriveRecordId,
  FeatureCategory,
  FeatureStatus,
  type FeatureUsageRecord,
  parseCategory,
  parseStatus,
  type Plain,
  plainCopy,
  type RecordDraft,
  recordOfDraft,
  replaceUserId,
  shorten,
  userFilter,
} from '../record/index.js'
import * as attr from './attributes.js'
import { isTimeoutType } from './errors.js'
import { metadataFromAttribute } from './metadata-attribute.js'
import type { FinishedSpan } from './readable-span.js'

/** Longer error messages are shortened. */
const MAX_ERROR_LENGTH = 4096

export interface MappingOptions {
  /** Bytes of a record's metadata as JSON. */
  readonly maxMetadataSize: number
  /** The session of spans that name none. */
  readonly sessionId: string
  /** Makes pseudonyms of clear user ids; undefined leaves them. */
  readonly pseudonymize?: ((userId: string) => string) | undefined
}

/**
 * The record of a finished span, or undefined when the span is no feature.
 * @throws RangeError when the span's times are no times
 */
export function recordFromSpan(span: FinishedSpan, options: MappingOptions): FeatureUsageRecord | undefined {
  const draft = draftFromSpan(span, options)
  return draft === undefined ? undefined : recordOfDraft(draft)
}

/**
 * The same as a draft. The one mapping that serves every door: our own spans, a host's, and those of other processes.
 * @throws RangeError when the span's times are no times
 */
export function draftFromSpan(span: FinishedSpan, options: MappingOptions): RecordDraft | undefined {
  const attributes = span.attributes
  const featureName = attributes[attr.ATTR_NAME]
  if (typeof featureName !== 'string' || featureName === '') return undefined
  const duration = Math.max(0, seconds(span.duration))
  const outputSize = numberOr(attributes[attr.ATTR_OUTPUT_SIZE], 0)
  const iterations = numberOr(attributes[attr.ATTR_ITERATIONS], 1)
  const status = statusOf(span)
  const userId = userOf(attributes, options)
  return {
    recordId: recordIdOf(span),
    featureName: shorten(featureName, 1000),
    category: parseCategory(attributes[attr.ATTR_CATEGORY]) ?? FeatureCategory.OTHER,
    status,
    duration,
    startMicros: timeOf(span.startTime),
    endMicros: timeOf(span.endTime),
    inputSize: numberOr(attributes[attr.ATTR_INPUT_SIZE], 0),
    outputSize,
    metadataText: metadataOf(attributes, options),
    userId,
    sessionId: textOr(attributes[attr.ATTR_SESSION_ID], options.sessionId),
    errorMessage: status === FeatureStatus.SUCCESS ? null : errorOf(span, options),
    efficiencyScore:
      efficiencyOf(attributes[attr.ATTR_EFFICIENCY]) ?? calculateEfficiency(duration, outputSize, iterations),
    iterations,
    link: linkOf(span),
  }
}

/** See `RecordDraft.link`. Ids that are none are left out. */
function linkOf(span: FinishedSpan): string | undefined {
  const { traceId, spanId } = span.spanContext()
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined
  const parent = span.parentSpanContext?.spanId
  return parent !== undefined && isSpanId(parent) ? traceId + spanId + parent : traceId + spanId
}

/** Other processes may send anything; zeros are the ids of no span (W3C Trace Context, section 3.2.2). */
function isTraceId(id: string): boolean {
  return /^(?!0{32})[0-9a-f]{32}$/.test(id)
}

function isSpanId(id: string): boolean {
  return /^(?!0{16})[0-9a-f]{16}$/.test(id)
}

function recordIdOf(span: FinishedSpan): string {
  const named = span.attributes[attr.ATTR_RECORD_ID]
  if (typeof named === 'string' && named !== '') return named
  const { traceId, spanId } = span.spanContext()
  return deriveRecordId(traceId, spanId, micros(span.startTime) / 1000)
}

/** How the call of a span ended: what it says itself, else what its status and error say. */
export function statusOf(span: FinishedSpan): FeatureStatus {
  const named = parseStatus(span.attributes[attr.ATTR_STATUS])
  if (named !== undefined) return named
  const type = span.attributes[attr.ATTR_ERROR_TYPE] ?? lastException(span)?.[attr.ATTR_EXCEPTION_TYPE]
  if (span.status.code !== SpanStatusCode.ERROR && span.attributes[attr.ATTR_ERROR_TYPE] === undefined)
    return FeatureStatus.SUCCESS
  return typeof type === 'string' && isTimeoutType(type) ? FeatureStatus.TIMEOUT : FeatureStatus.FAILED
}

/** The first text that says something; other processes send empty ones where there is none. */
function errorOf(span: FinishedSpan, { pseudonymize }: MappingOptions): string | null {
  const texts = [
    span.status.message,
    span.attributes[attr.ATTR_ERROR_MESSAGE],
    lastException(span)?.[attr.ATTR_EXCEPTION_MESSAGE],
    span.attributes[attr.ATTR_ERROR_TYPE],
  ]
  const text = texts.find((candidate) => typeof candidate === 'string' && candidate !== '') as string | undefined
  if (text === undefined) return null
  const user = clearUserOf(span.attributes)
  const kept = user === undefined || pseudonymize === undefined ? text : replaceUserId(text, user, pseudonymize(user))
  return shorten(kept, MAX_ERROR_LENGTH)
}

function lastException(span: FinishedSpan): Readonly<Record<string, unknown>> | undefined {
  return span.events.findLast((event) => event.name === attr.EVENT_EXCEPTION)?.attributes
}

function userOf(attributes: FinishedSpan['attributes'], { pseudonymize }: MappingOptions): string | null {
  const hash = attributes[attr.ATTR_USER_HASH]
  if (typeof hash === 'string' && hash !== '') return hash
  const clear = clearUserOf(attributes)
  if (clear === undefined) return null
  return pseudonymize === undefined ? clear : pseudonymize(clear)
}

function clearUserOf(attributes: FinishedSpan['attributes']): string | undefined {
  const clear = attributes[attr.ATTR_USER_ID] ?? attributes[attr.ATTR_ENDUSER_ID]
  return typeof clear === 'string' && clear !== '' ? clear : undefined
}

function metadataOf(attributes: FinishedSpan['attributes'], options: MappingOptions): string | undefined {
  let found: Record<string, Plain> | undefined
  for (const name in attributes) {
    if (!isMetadata(name)) continue
    found ??= {}
    const key = name.slice(attr.ATTR_METADATA_PREFIX.length)
    const value = metadataFromAttribute(attributes[name])
    define(found, key, plainCopy(value, options.maxMetadataSize, filterOf(attributes, options), key))
  }
  return found === undefined ? undefined : JSON.stringify(boundMetadata(found, options.maxMetadataSize))
}

/** Length and one letter tell nearly all others apart: this is asked of every attribute. */
function isMetadata(name: string): boolean {
  return (
    name.length >= attr.ATTR_METADATA_PREFIX.length &&
    name.charCodeAt(METADATA_LETTER) === M &&
    name.startsWith(attr.ATTR_METADATA_PREFIX)
  )
}

const METADATA_LETTER = attr.ATTR_METADATA_PREFIX.indexOf('metadata')
const M = 109

/** What the tracking that made the span replaced already stays as it is. */
function filterOf(
  attributes: FinishedSpan['attributes'],
  { pseudonymize }: MappingOptions,
): ReturnType<typeof userFilter> | undefined {
  if (pseudonymize === undefined) return undefined
  return userFilter((text) => (IS_PSEUDONYM.test(text) ? text : pseudonymize(text)), clearUserOf(attributes))
}

const IS_PSEUDONYM = /^[0-9a-f]{64}$/

function seconds([whole, nanos]: HrTime): number {
  return whole + nanos / 1e9
}

/** @throws RangeError */
function timeOf(time: HrTime): number {
  const value = micros(time)
  if (value >= MIN_MICROS && value < END_MICROS) return value
  throw new RangeError(`time ${value / 1e6} s since 1970 lies outside the years 0 to 9999`)
}

const MIN_MICROS = -62_167_219_200_000_000
const END_MICROS = 253_402_300_800_000_000

function micros([whole, nanos]: HrTime): number {
  return whole * 1e6 + Math.round(nanos / 1000)
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : otherwise
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise
}

function efficiencyOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined
}
