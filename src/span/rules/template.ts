import { SpanKind } from '@opentelemetry/api'
import { scopeNameOf, type SpanFacts } from '../readable-span.js'

/** A part of a name: text as it stands, or attributes of which the first that is there is put in. */
type Part = string | readonly string[]

const PLACEHOLDER = /\{([^{}]*)\}/g

const OWN: Readonly<Record<string, (span: SpanFacts) => string>> = {
  'span.name': (span) => span.name,
  'span.kind': (span) => (SpanKind[span.kind] ?? '').toLowerCase(),
  'scope.name': scopeNameOf,
}

/** The attributes that a template names, `span.name` and the like among them. */
export function placeholdersOf(template: string): readonly string[] {
  return [...template.matchAll(PLACEHOLDER)].flatMap(([, names = '']) => names.split('|').map((name) => name.trim()))
}

/** Whether a span says `span.name` and the like of itself, without an attribute. */
export function isOwn(name: string): boolean {
  return Object.hasOwn(OWN, name)
}

/** Whether all braces of a template are those of placeholders, with something in them. */
export function isWellFormed(template: string): boolean {
  return !/[{}]/.test(template.replaceAll(PLACEHOLDER, '')) && placeholdersOf(template).every((name) => name !== '')
}

/**
 * The function that makes a feature's name of a span. Placeholders whose attributes are absent are left out, and blanks
 * around them drawn together; undefined where nothing but text of the template's own would be left.
 */
export function compileTemplate(template: string): (span: SpanFacts) => string | undefined {
  const parts = partsOf(template)
  if (parts.every((part) => typeof part === 'string')) return () => template
  return (span) => {
    let found = false
    const texts = parts.map((part) => {
      if (typeof part === 'string') return part
      const value = firstValue(part, span)
      if (value !== '') found = true
      return value
    })
    return found ? texts.join('').replaceAll(/\s+/g, ' ').trim() : undefined
  }
}

function partsOf(template: string): Part[] {
  return template
    .split(PLACEHOLDER)
    .map((part, index) => (index % 2 === 0 ? part : part.split('|').map((name) => name.trim())))
    .filter((part) => part !== '')
}

function firstValue(names: readonly string[], span: SpanFacts): string {
  for (const name of names) {
    const value = Object.hasOwn(OWN, name) ? OWN[name]?.(span) : span.attributes[name]
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  }
  return ''
}
