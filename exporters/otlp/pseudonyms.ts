import type { Attributes } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { replaceUserId, userFilter } from '../../src/record/index.js'
import { ATTR_ENDUSER_ID, ATTR_METADATA_PREFIX, ATTR_USER_HASH, ATTR_USER_ID } from '../../src/span/index.js'

type Pseudonymize = (userId: string) => string

/** Attributes of the registry that name a person (semantic conventions, registry/attributes: user, enduser). */
const PERSONAL: ReadonlySet<string> = new Set(['user.email', 'user.full_name', 'user.name'])

/**
 * The span as it may leave the machine: where it names its user in clear, the pseudonym stands instead, also where the
 * user's id is a word of an error message. Spans that name nobody are handed back as they are.
 */
export function withPseudonyms(span: ReadableSpan, pseudonymize: Pseudonymize): ReadableSpan {
  if (!namesSomebody(span.attributes)) return span
  const clear = [ATTR_USER_ID, ATTR_ENDUSER_ID].map((name) => span.attributes[name]).find(isText)
  const inText = (text: string): string =>
    clear === undefined ? text : replaceUserId(text, clear, pseudonymize(clear))
  const { message, ...status } = span.status
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext === undefined ? {} : { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: message === undefined ? status : { ...status, message: inText(message) },
    attributes: replaced(span.attributes, clear, pseudonymize),
    links: span.links,
    events: span.events.map((event) => ({ ...event, attributes: mapTexts(event.attributes ?? {}, inText) })),
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  }
}

function namesSomebody(attributes: Attributes): boolean {
  if (isText(attributes[ATTR_USER_ID]) || isText(attributes[ATTR_ENDUSER_ID])) return true
  for (const name in attributes)
    if (PERSONAL.has(name) || (name.startsWith(ATTR_METADATA_PREFIX) && attributes[ATTR_USER_HASH] === undefined))
      return true
  return false
}

function replaced(attributes: Attributes, clear: string | undefined, pseudonymize: Pseudonymize): Attributes {
  const kept = (text: string): string => (IS_PSEUDONYM.test(text) ? text : pseudonymize(text))
  const filter = userFilter(kept, clear)
  const result: Attributes = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (name === ATTR_USER_ID || name === ATTR_ENDUSER_ID) continue
    const key = name.startsWith(ATTR_METADATA_PREFIX) ? name.slice(ATTR_METADATA_PREFIX.length) : ''
    if (typeof value !== 'string') result[name] = value
    else result[name] = PERSONAL.has(name) ? kept(value) : filter(key, value)
  }
  if (clear !== undefined) result[ATTR_USER_HASH] ??= pseudonymize(clear)
  return result
}

function mapTexts(attributes: Attributes, change: (text: string) => string): Attributes {
  const entries = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'string' ? change(value) : value,
  ])
  return Object.fromEntries(entries) as Attributes
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

const IS_PSEUDONYM = /^[0-9a-f]{64}$/
