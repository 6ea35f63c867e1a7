import { type Span, SpanStatusCode } from '@opentelemetry/api'
import type { RecordDraft } from '../record/index.js'
import type { FinishedSpan } from './readable-span.js'

/** Attributes that every feature span of ours has at its end. */
const OWN_ATTRIBUTES = 9
/** Longer names are shortened on their way through a span. */
const MAX_NAME_LENGTH = 1000

let ending: Span | undefined
let known: RecordDraft | undefined

/**
 * Ends the span of a call that went well. While it ends, `handedOver` knows what became of the call: to read it out of
 * the span's attributes again makes a call in an application's pipeline about a fifth slower.
 */
export function endHandingOver(span: Span, draft: RecordDraft): void {
  ending = span
  known = draft
  try {
    span.end()
  } finally {
    ending = undefined
    known = undefined
  }
}

/**
 * What the mapping would make of a span that ends just now, where that is known already. Where anybody has said more of
 * the span than we, or said otherwise, it is undefined, and the span has to be read.
 */
export function handedOver(span: FinishedSpan): RecordDraft | undefined {
  const draft = known
  if ((span as unknown) !== ending || draft === undefined) return undefined
  const { attributes } = span
  const isOurs =
    attributes['cloudcurio.feature.name'] === draft.featureName &&
    attributes['cloudcurio.feature.category'] === draft.category &&
    attributes['cloudcurio.feature.status'] === draft.status &&
    attributes['cloudcurio.feature.record_id'] === draft.recordId &&
    attributes['cloudcurio.feature.input.size'] === draft.inputSize &&
    attributes['cloudcurio.feature.output.size'] === draft.outputSize &&
    attributes['cloudcurio.feature.iterations'] === draft.iterations &&
    attributes['cloudcurio.feature.efficiency'] === draft.efficiencyScore &&
    attributes['session.id'] === draft.sessionId &&
    draft.sessionId !== '' &&
    draft.featureName.length <= MAX_NAME_LENGTH &&
    (draft.userId === null || attributes['user.hash'] === draft.userId) &&
    span.status.code === SpanStatusCode.UNSET &&
    span.events.length === 0
  if (!isOurs) return undefined
  let count = draft.userId === null ? 0 : -1
  // oxlint-disable-next-line no-unused-vars -- counting them makes no list of them
  for (const _ in attributes) count++
  return count === OWN_ATTRIBUTES ? draft : undefined
}
