import { ATTR_ENDUSER_ID, ATTR_USER_HASH, ATTR_USER_ID } from './attributes.js'
import type { MappingOptions } from './mapping-options.js'
import type { FinishedSpan } from './readable-span.js'
import type { Promotion } from './rules/rule.js'

/** Who called, as the record says it: the pseudonym where there is one. */
export function userOf(
  attributes: FinishedSpan['attributes'],
  { pseudonymize }: MappingOptions,
  promotion: Promotion | undefined,
): string | null {
  const hash = attributes[ATTR_USER_HASH]
  if (typeof hash === 'string' && hash !== '') return hash
  const clear = clearUserOf(attributes, promotion)
  if (clear === undefined) return null
  return pseudonymize === undefined ? clear : pseudonymize(clear)
}

/** The user's id as other instrumentation names it, or a rule finds it. */
export function clearUserOf(
  attributes: FinishedSpan['attributes'],
  promotion: Promotion | undefined,
): string | undefined {
  const clear = promotion?.user ?? attributes[ATTR_USER_ID] ?? attributes[ATTR_ENDUSER_ID]
  return typeof clear === 'string' && clear !== '' ? clear : undefined
}
