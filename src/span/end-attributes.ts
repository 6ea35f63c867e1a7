import type { Attributes, Span } from '@opentelemetry/api'
import type { EndAttributes } from './attributes.js'

/**
 * Sets what a call knows at its end. A span of the SDK keeps its attributes in an object that ReadableSpan shows: to
 * write our few there costs a tenth of eight times `setAttribute`, which looks each up and checks its value again, and
 * no limit of the host's can then cut off what the record needs.
 */
export function setEndAttributes(span: Span, attributes: EndAttributes): void {
  const target = shownAttributes(span)
  if (target === undefined) {
    span.setAttributes({ ...attributes })
    return
  }
  target['cloudcurio.feature.category'] = attributes['cloudcurio.feature.category']
  target['session.id'] = attributes['session.id']
  target['cloudcurio.feature.status'] = attributes['cloudcurio.feature.status']
  target['cloudcurio.feature.record_id'] = attributes['cloudcurio.feature.record_id']
  target['cloudcurio.feature.input.size'] = attributes['cloudcurio.feature.input.size']
  target['cloudcurio.feature.output.size'] = attributes['cloudcurio.feature.output.size']
  target['cloudcurio.feature.iterations'] = attributes['cloudcurio.feature.iterations']
  target['cloudcurio.feature.efficiency'] = attributes['cloudcurio.feature.efficiency']
}

/** The object in which a recording span of any SDK keeps its attributes, or undefined where it does not show one. */
function shownAttributes(span: Span): Attributes | undefined {
  if (!span.isRecording() || !Object.hasOwn(span, 'attributes')) return undefined
  const { attributes } = span as unknown as { attributes: unknown }
  return typeof attributes === 'object' && attributes !== null && Object.isExtensible(attributes)
    ? (attributes as Attributes)
    : undefined
}
