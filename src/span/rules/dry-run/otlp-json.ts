import { type Fields, isFields, listOf, textIn } from './json.js'

export function isOtlp(value: Fields): boolean {
  return 'resourceSpans' in value
}

/** The spans of an OTLP request in JSON, in the plain form: attributes as an object, kind and status as we name them. */
export function spansOfOtlp(request: Fields): Fields[] {
  return fieldsIn(request, 'resourceSpans').flatMap((resource) =>
    fieldsIn(resource, 'scopeSpans').flatMap((scoped) => {
      const scope = isFields(scoped['scope']) ? textIn(scoped['scope'], 'name') : undefined
      return fieldsIn(scoped, 'spans').map((span) => plainSpan(span, scope))
    }),
  )
}

function plainSpan(span: Fields, scope: string | undefined): Fields {
  const status = isFields(span['status']) ? span['status'] : {}
  return {
    ...span,
    scope,
    kind: plainKind(span['kind']),
    attributes: plainAttributes(span['attributes']),
    status: { ...status, code: plainCode(status['code']) },
    events: fieldsIn(span, 'events').map(({ name, attributes }) => ({ name, attributes: plainAttributes(attributes) })),
  }
}

/** OTLP counts from 1, since 0 is unspecified; text is `SPAN_KIND_SERVER`. */
function plainKind(kind: unknown): unknown {
  if (typeof kind === 'number') return Math.max(0, kind - 1)
  const name = typeof kind === 'string' ? kind.replace('SPAN_KIND_', '') : undefined
  return name === 'UNSPECIFIED' ? 'INTERNAL' : name
}

function plainCode(code: unknown): unknown {
  return typeof code === 'string' ? code.replace('STATUS_CODE_', '') : code
}

function plainAttributes(attributes: unknown): Fields {
  const entries = listOf(attributes ?? []).filter(isFields)
  return Object.fromEntries(entries.map((entry) => [textIn(entry, 'key') ?? '', plainValue(entry['value'])]))
}

/** 64-bit numbers come as text. */
function plainValue(value: unknown): unknown {
  if (!isFields(value)) return undefined
  if ('intValue' in value) return Number(value['intValue'])
  if (isFields(value['arrayValue'])) return listOf(value['arrayValue']['values'] ?? []).map(plainValue)
  if (isFields(value['kvlistValue'])) return plainAttributes(value['kvlistValue']['values'])
  return value['stringValue'] ?? value['boolValue'] ?? value['doubleValue'] ?? value['bytesValue']
}

function fieldsIn(value: Fields, name: string): Fields[] {
  return listOf(value[name] ?? []).filter(isFields)
}
