/** The sets of built-in rules, in the order in which they are tried. */
export const PROMOTION_SETS = [
  'mcp',
  'gen_ai',
  'database',
  'file',
  'process',
  'http',
  'http_client',
  'messaging',
  'rpc',
] as const

export type PromotionSet = (typeof PROMOTION_SETS)[number]

/** What a value of the setting must be, in words that end an error message. */
export const EXPECTED_SETS = `off, all, or a comma-separated list of ${PROMOTION_SETS.join(', ')}`

/** The sets that a text names, or undefined when it names something else. */
export function parsePromotionSets(text: string): readonly PromotionSet[] | undefined {
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  if (names.length === 1 && names[0] === 'off') return []
  if (names.length === 1 && names[0] === 'all') return PROMOTION_SETS
  return names.length > 0 ? acceptPromotionSets(names) : undefined
}

/** The same for an argument: a text, or a list of names. */
export function acceptPromotionSets(value: unknown): readonly PromotionSet[] | undefined {
  if (typeof value === 'string') return parsePromotionSets(value)
  if (!Array.isArray(value) || !value.every(isPromotionSet)) return undefined
  return PROMOTION_SETS.filter((set) => value.includes(set))
}

function isPromotionSet(name: unknown): name is PromotionSet {
  return (PROMOTION_SETS as readonly unknown[]).includes(name)
}
