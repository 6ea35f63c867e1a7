import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { define } from '../record/index.js'

/** A copy of attributes without those that are none (OpenTelemetry, common/attribute): the caller's arrays are copied too. */
export function copyAttributes(attributes: Attributes | undefined): Attributes {
  const copy: Attributes = {}
  for (const key in attributes) {
    const value = attributes[key]
    if (key !== '' && isAttributeValue(value)) putAttribute(copy, key, value)
  }
  return copy
}

/** Sets one, whatever its name: an assignment to `__proto__` would set the prototype. */
export function putAttribute(attributes: Attributes, key: string, value: AttributeValue): void {
  const own = Array.isArray(value) ? ([...value] as AttributeValue) : value
  if (key === '__proto__') define(attributes, key, own)
  else attributes[key] = own
}

/** A text, number, boolean, or a list of one of these in which null may stand. */
export function isAttributeValue(value: unknown): value is AttributeValue {
  if (!Array.isArray(value)) return isPrimitive(typeof value)
  const kinds = new Set(value.filter((item) => item !== null && item !== undefined).map((item) => typeof item))
  return kinds.size === 0 || (kinds.size === 1 && [...kinds].every(isPrimitive))
}

function isPrimitive(kind: string): boolean {
  return kind === 'string' || kind === 'number' || kind === 'boolean'
}
