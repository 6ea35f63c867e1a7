import type { SpanAttributes } from './rule.js'

/** Older and newer names of one thing; the first that is there counts. */
export type Names = readonly string[]

/** The first of the attributes that is a text with something in it. */
export function textOf(attributes: SpanAttributes, names: Names): string | undefined {
  for (const name of names) {
    const value = attributes[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

/** The first of the attributes that is a finite number, or a text that is one. */
export function numberOf(attributes: SpanAttributes, names: Names): number | undefined {
  for (const name of names) {
    const value = attributes[name]
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
  }
  return undefined
}

/** The first of the attributes that is there. */
export function valueOf(attributes: SpanAttributes, names: Names): unknown {
  for (const name of names) {
    const value = attributes[name]
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

/** Bytes, or 0 where none of the attributes says. Header attributes are lists of texts. */
export function bytesOf(attributes: SpanAttributes, names: Names): number {
  const value = valueOf(attributes, names)
  const number = Number(Array.isArray(value) ? value[0] : value)
  return Number.isFinite(number) && number > 0 ? Math.round(number) : 0
}

/** Which attributes are kept, by today's names of the conventions; after each, the older ones that it replaced. */
export type Kept = readonly (readonly [name: string, ...older: Names])[]

/** Those of the attributes that are there. */
export function keep(attributes: SpanAttributes, kept: Kept): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const names of kept) {
    const value = valueOf(attributes, names)
    if (value !== undefined) found[names[0]] = value
  }
  return found
}

/** Pairs of words that are remembered; the same ones come with each span of a feature. */
const MAX_PAIRS = 1000
/** Longer ones are not: what attributes say has no bound. */
const MAX_PAIR_LENGTH = 200
let pairs = 0
const joined = new Map<string, Map<string, string>>()

/** Two words with a blank between, or the one that is there. */
export function words(first: string | undefined, second: string | undefined): string {
  if (first === undefined || first === '') return second ?? ''
  return second === undefined || second === '' ? first : pairOf(first, second)
}

/** The same text for the same words: those who compare it or look it up need not read it. */
function pairOf(first: string, second: string): string {
  const known = joined.get(first)?.get(second)
  if (known !== undefined) return known
  const text = `${first} ${second}`
  if (text.length > MAX_PAIR_LENGTH) return text
  if (++pairs > MAX_PAIRS) {
    joined.clear()
    pairs = 1
  }
  let seconds = joined.get(first)
  if (seconds === undefined) joined.set(first, (seconds = new Map()))
  seconds.set(second, text)
  return text
}
