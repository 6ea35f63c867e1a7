import type { AttributeValue } from '@opentelemetry/api'
import type { Plain } from '../record/index.js'

/**
 * A metadata value as an attribute. Texts, numbers, booleans and lists of one of these stay what they are; the rest
 * becomes JSON text. A text that would read as such JSON is quoted, so that `metadataFromAttribute` gives back exactly
 * what was put in.
 */
export function metadataToAttribute(value: Plain): AttributeValue {
  if (typeof value === 'string') return readsAsJson(value) ? JSON.stringify(value) : value
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (isUniform(value)) return value
  return JSON.stringify(value)
}

/** The metadata value of an attribute of any SDK: 3.x also allows nested objects, null and mixed lists. */
export function metadataFromAttribute(value: unknown): unknown {
  if (typeof value !== 'string' || !mayBeJson(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

function isUniform(value: Plain): value is string[] | number[] | boolean[] {
  if (!Array.isArray(value) || value.length === 0) return false
  const kind = typeof value[0]
  return kind !== 'object' && value.every((item) => typeof item === kind)
}

function mayBeJson(text: string): boolean {
  const first = text.charCodeAt(0)
  return first === OPEN_BRACE || first === OPEN_BRACKET || first === QUOTE || text === 'null'
}

function readsAsJson(text: string): boolean {
  if (!mayBeJson(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const OPEN_BRACE = 123
const OPEN_BRACKET = 91
const QUOTE = 34
