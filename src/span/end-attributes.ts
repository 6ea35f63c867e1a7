import type { Attributes, Span } from '@opentelemetry/api'
import type { RecordDraft } from '../record/index.js'

/**
 * Sets what a call knows at its end. A span of the SDK keeps its attributes in an object that ReadableSpan shows: to
 * write our few there costs a tenth of eight times `setAttribute`, which looks each up and checks its value again, and
 * no limit of the host's can then cut off what the record needs.
 */
export function setEndAttributes(span: Span, draft: RecordDraft): void {
  const shown = shownAttributes(span)
  const target = shown ?? {}
  target['cloudcurio.feature.category'] = draft.category
  target['session.id'] = draft.sessionId
  target['cloudcurio.feature.status'] = draft.status
  target['cloudcurio.feature.record_id'] = draft.recordId ?? ''
  target['cloudcurio.feature.input.size'] = draft.inputSize
  target['cloudcurio.feature.output.size'] = draft.outputSize
  target['cloudcurio.feature.iterations'] = draft.iterations
  target['cloudcurio.feature.efficiency'] = draft.efficiencyScore ?? 0
  if (shown === undefined) span.setAttributes(target)
}

/** The object in which a recording span of any SDK keeps its attributes, or undefined where it does not show one. */
function shownAttributes(span: Span): Attributes | undefined {
  if (!span.isRecording() || !Object.hasOwn(span, 'attributes')) return undefined
  const { attributes } = span as unknown as { attributes: unknown }
  return typeof attributes === 'object' && attributes !== null && Object.isExtensible(attributes)
    ? (attributes as Attributes)
    : undefined
}
