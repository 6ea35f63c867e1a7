import { boundMetadata, define, type Plain, plainCopy, shorten, userFilter } from '../record/index.js'
import { ATTR_METADATA_PREFIX } from './attributes.js'
import type { MappingOptions } from './mapping-options.js'
import { metadataFromAttribute } from './metadata-attribute.js'
import type { FinishedSpan } from './readable-span.js'
import type { Promotion } from './rules/rule.js'
import { clearUserOf } from './span-user.js'

/** Under this key the metadata of a promoted span names the feature inside which it ran. */
const PARENT_FEATURE = 'parent_feature'
/** Under this key it names the instrumentation that made the span. */
const SCOPE = 'otel.scope.name'

/** The metadata of a span as JSON, as its attributes say it and a rule keeps it; undefined where there is none. */
export function metadataTextOf(
  span: FinishedSpan,
  options: MappingOptions,
  promotion: Promotion | undefined,
): string | undefined {
  const own = ownMetadata(span, options, promotion)
  if (promotion !== undefined) return textOfPromotion(span, options, promotion, own)
  return own === undefined ? undefined : jsonOf(own, options)
}

/** What `setMetadata` put into attributes. */
function ownMetadata(
  { attributes }: FinishedSpan,
  options: MappingOptions,
  promotion: Promotion | undefined,
): Record<string, Plain> | undefined {
  let found: Record<string, Plain> | undefined
  for (const name in attributes) {
    if (!isMetadata(name)) continue
    found ??= {}
    const key = name.slice(ATTR_METADATA_PREFIX.length)
    const value = metadataFromAttribute(attributes[name])
    define(found, key, plainCopy(value, options.maxMetadataSize, filterOf(attributes, options, promotion), key))
  }
  return found
}

function textOfPromotion(
  span: FinishedSpan,
  options: MappingOptions,
  promotion: Promotion,
  own: Record<string, Plain> | undefined,
): string {
  // What is replaced in metadata depends on the user, and the key of pseudonyms may change.
  const isOfNobody = own === undefined && clearUserOf(span.attributes, promotion) === undefined
  const remembered = isOfNobody ? options.remembered : undefined
  const scope = span.instrumentationScope?.name
  const known = remembered?.find(promotion, scope)
  if (known !== undefined) return known
  const found: Record<string, Plain> = {}
  const filter = filterOf(span.attributes, options, promotion)
  if (promotion.parentFeature !== undefined) found[PARENT_FEATURE] = shorten(promotion.parentFeature, 1000)
  let isAsItWas = true
  for (const key in promotion.metadata) {
    const value = promotion.metadata[key]
    const plain = plainCopy(value, options.maxMetadataSize, filter, key)
    if (plain !== value) isAsItWas = false
    // To define a property takes ten times as long as to set it.
    if (key === '__proto__') define(found, key, plain)
    else found[key] = plain
  }
  if (scope !== undefined && scope !== '') found[SCOPE] = scope
  for (const key in own) define(found, key, own[key])
  const text = jsonOf(found, options)
  if (isAsItWas) remembered?.keep(promotion, scope, text)
  return text
}

function jsonOf(metadata: Record<string, Plain>, { maxMetadataSize }: MappingOptions): string {
  return JSON.stringify(boundMetadata(metadata, maxMetadataSize))
}

/** Length and one letter tell nearly all others apart: this is asked of every attribute. */
function isMetadata(name: string): boolean {
  return (
    name.length >= ATTR_METADATA_PREFIX.length &&
    name.charCodeAt(METADATA_LETTER) === M &&
    name.startsWith(ATTR_METADATA_PREFIX)
  )
}

const METADATA_LETTER = ATTR_METADATA_PREFIX.indexOf('metadata')
const M = 109

/** What the tracking that made the span replaced already stays as it is. */
function filterOf(
  attributes: FinishedSpan['attributes'],
  { pseudonymize }: MappingOptions,
  promotion: Promotion | undefined,
): ReturnType<typeof userFilter> | undefined {
  if (pseudonymize === undefined) return undefined
  return userFilter((text) => (IS_PSEUDONYM.test(text) ? text : pseudonymize(text)), clearUserOf(attributes, promotion))
}

const IS_PSEUDONYM = /^[0-9a-f]{64}$/
