import { type HrTime, SpanStatusCode } from '@opentelemetry/api'
import {
  calculateEfficiency,
  deriveRecordId,
  FeatureCategory,
  FeatureStatus,
  type FeatureUsageRecord,
  parseCategory,
  parseStatus,
  type RecordDraft,
  recordOfDraft,
  replaceUserId,
  shorten,
} from '../record/index.js'
import * as attr from './attributes.js'
import { isTimeoutType } from './errors.js'
import { hasIds, isSpanId } from './ids.js'
import type { MappingOptions } from './mapping-options.js'
import { metadataTextOf } from './metadata-text.js'
import { newNotes } from './notes.js'
import type { FinishedSpan } from './readable-span.js'
import type { Promotion } from './rules/rule.js'
import { clearUserOf, userOf } from './span-user.js'
import { endedInPart, errorOfProtocol, statusOfProtocol } from './rules/status.js'

/** Longer error messages are shortened. */
const MAX_ERROR_LENGTH = 4096

/** Finds out what a rule makes of a finished span, as often as it is asked. It does not throw. */
export type DecidePromotion = (span: FinishedSpan) => Promotion | undefined

const promotions = newNotes<Promotion | DecidePromotion | null>()

/** From now on the mapping takes a span for what a rule made of it, or makes of it when that is asked for. */
export function setPromotion(span: FinishedSpan, promotion: Promotion | DecidePromotion): void {
  promotions.set(span, promotion)
}

/** What a rule made of a span, if `setPromotion` has said so. */
export function promotionOf(span: FinishedSpan): Promotion | undefined {
  const noted = promotions.get(span)
  if (typeof noted !== 'function') return noted ?? undefined
  const decided = noted(span)
  promotions.set(span, decided ?? null)
  return decided
}

/**
 * The record of a finished span, or undefined when the span is no feature.
 * @param promotion what a rule made of it; that of `setPromotion` unless given
 * @throws RangeError when the span's times are no times
 */
export function recordFromSpan(
  span: FinishedSpan,
  options: MappingOptions,
  promotion?: Promotion,
): FeatureUsageRecord | undefined {
  const draft = draftFromSpan(span, options, promotion)
  return draft === undefined ? undefined : recordOfDraft(draft)
}

/**
 * The same as a draft. The one mapping that serves every door: our own spans, a host's, and those of other processes.
 * What a span says of itself in our attributes goes before what a rule makes of it.
 * @throws RangeError when the span's times are no times
 */
export function draftFromSpan(span: FinishedSpan, options: MappingOptions, given?: Promotion): RecordDraft | undefined {
  const attributes = span.attributes
  const named = attributes[attr.ATTR_NAME]
  const isFeature = typeof named === 'string' && named !== ''
  const promotion = isFeature ? undefined : (given ?? promotionOf(span))
  const featureName = isFeature ? named : promotion?.featureName
  if (featureName === undefined) return undefined
  const duration = Math.max(0, seconds(span.duration))
  const outputSize = numberOr(attributes[attr.ATTR_OUTPUT_SIZE], promotion?.outputSize ?? 0)
  const iterations = numberOr(attributes[attr.ATTR_ITERATIONS], promotion?.iterations ?? 1)
  const status = statusOf(span, promotion)
  const place = placeOf(span)
  return {
    recordId: recordIdOf(span, place),
    featureName: shorten(featureName, 1000),
    category: parseCategory(attributes[attr.ATTR_CATEGORY]) ?? promotion?.category ?? FeatureCategory.OTHER,
    status,
    duration,
    startMicros: timeOf(span.startTime),
    endMicros: timeOf(span.endTime),
    inputSize: numberOr(attributes[attr.ATTR_INPUT_SIZE], promotion?.inputSize ?? 0),
    outputSize,
    metadataText: metadataTextOf(span, options, promotion),
    userId: userOf(attributes, options, promotion),
    sessionId: textOr(attributes[attr.ATTR_SESSION_ID], options.sessionId),
    errorMessage: status === FeatureStatus.SUCCESS ? null : errorOf(span, options, promotion),
    efficiencyScore:
      efficiencyOf(attributes[attr.ATTR_EFFICIENCY]) ?? calculateEfficiency(duration, outputSize, iterations),
    iterations,
    traceId: place.traceId,
    spanId: place.spanId,
    parentSpanId: place.parentSpanId,
  }
}

/** Where a span stands in its trace. Ids that are none are left out: other processes may send anything. */
function placeOf(span: FinishedSpan): Pick<RecordDraft, 'traceId' | 'spanId' | 'parentSpanId'> {
  if (!hasIds(span)) return NOWHERE
  const { traceId, spanId } = span.spanContext()
  const parent = span.parentSpanContext?.spanId
  return { traceId, spanId, parentSpanId: isSpanId(parent) ? parent : undefined }
}

const NOWHERE = { traceId: undefined, spanId: undefined, parentSpanId: undefined }

/** The id that the span names. Where there is none and the span has a place in a trace, it is derived when it is asked for. */
function recordIdOf(span: FinishedSpan, { traceId }: Pick<RecordDraft, 'traceId'>): string | undefined {
  const named = span.attributes[attr.ATTR_RECORD_ID]
  if (typeof named === 'string' && named !== '') return named
  if (traceId !== undefined) return undefined
  const ids = span.spanContext()
  return deriveRecordId(ids.traceId, ids.spanId, micros(span.startTime) / 1000)
}

/**
 * How the call of a span ended: what it says itself, what a rule says, else what its status, its error and the attributes
 * of its protocol say. A span that is a feature by itself is not asked for protocols.
 */
export function statusOf(span: FinishedSpan, promotion?: Promotion): FeatureStatus {
  const named = parseStatus(span.attributes[attr.ATTR_STATUS]) ?? promotion?.status
  if (named !== undefined) return named
  const byError = statusOfError(span)
  if (promotion === undefined || byError === FeatureStatus.TIMEOUT) return byError ?? FeatureStatus.SUCCESS
  return statusOfProtocol(span) ?? byError ?? (endedInPart(span) ? FeatureStatus.PARTIAL : FeatureStatus.SUCCESS)
}

function statusOfError(span: FinishedSpan): FeatureStatus | undefined {
  const named = span.attributes[attr.ATTR_ERROR_TYPE]
  if (span.status.code !== SpanStatusCode.ERROR && named === undefined) return undefined
  const type = named ?? lastException(span)?.[attr.ATTR_EXCEPTION_TYPE]
  return typeof type === 'string' && isTimeoutType(type) ? FeatureStatus.TIMEOUT : FeatureStatus.FAILED
}

/** The first text that says something; other processes send empty ones where there is none. */
function errorOf(
  span: FinishedSpan,
  { pseudonymize }: MappingOptions,
  promotion: Promotion | undefined,
): string | null {
  const texts = [
    span.status.message,
    span.attributes[attr.ATTR_ERROR_MESSAGE],
    lastException(span)?.[attr.ATTR_EXCEPTION_MESSAGE],
    promotion === undefined ? undefined : errorOfProtocol(span),
    span.attributes[attr.ATTR_ERROR_TYPE],
  ]
  const text = texts.find((candidate) => typeof candidate === 'string' && candidate !== '') as string | undefined
  if (text === undefined) return null
  const user = clearUserOf(span.attributes, promotion)
  const kept = user === undefined || pseudonymize === undefined ? text : replaceUserId(text, user, pseudonymize(user))
  return shorten(kept, MAX_ERROR_LENGTH)
}

function lastException(span: FinishedSpan): Readonly<Record<string, unknown>> | undefined {
  return span.events.findLast((event) => event.name === attr.EVENT_EXCEPTION)?.attributes
}

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
