import type { SpanKind } from '@opentelemetry/api'
import type { PromotionSet } from '../../config/index.js'
import { ATTR_NAME } from '../attributes.js'
import { scopeNameOf, type SpanFacts } from '../readable-span.js'
import { builtInRules } from './built-in/index.js'
import { compileRule } from './compile.js'
import type { Rule, SpanAttributes } from './rule.js'
import type { PromotionRule } from './user-rule.js'

/** First characters that are told apart: those of ASCII. */
const INITIALS = 128

/** Instrumentations whose rules are remembered; there are a few dozen of them in an application. */
const MAX_SCOPES = 1000

/** The rules that spans of one instrumentation may match. */
interface ScopeRules {
  /** Those that every span has to be tried on; they come first. */
  readonly unmarked: readonly Rule[]
  /** Those that only spans with one of their marks can match. */
  readonly marked: readonly Rule[]
  /** A bit for each of the marked rules that spans of the instrumentation match by their names. */
  readonly byName: number
  /** For each mark the bits of its rules. */
  readonly byMark: ReadonlyMap<string, number>
  /** For each first character of marks how long they are, as bits: most attributes need not be looked up. */
  readonly lengths: Int32Array
}

/** Rules in the order in which they are tried: the user's, then the built-in ones. The first that matches counts. */
export class RuleSet {
  readonly rules: readonly Rule[]
  readonly #byScope = new Map<string, ScopeRules>()

  constructor(own: readonly { readonly index: number; readonly rule: PromotionRule }[], sets: readonly PromotionSet[]) {
    this.rules = [...own.map(({ rule, index }) => compileRule(rule, index)), ...builtInRules(sets)]
  }

  /** The first rule that matches a span; a span that is a feature by itself matches none. */
  find(span: SpanFacts): Rule | undefined {
    const rule = this.#match(span)
    return rule === undefined || typeof span.attributes[ATTR_NAME] === 'string' ? undefined : rule
  }

  /** Whether a span of which only this is known at its start may come to match. */
  mayMatch(name: string, kind: SpanKind, attributes: SpanAttributes): boolean {
    return this.rules.some((rule) => !rule.ignores && rule.mayMatch(name, kind, attributes))
  }

  /** Most spans match nothing: to look through their few attributes once costs less than to try one rule after another. */
  #match(span: SpanFacts): Rule | undefined {
    const { unmarked, marked, byName, byMark, lengths } = this.#rulesOf(scopeNameOf(span))
    for (const rule of unmarked) if (rule.matches(span)) return rule
    let bits = byName
    if (marked.length > 0)
      for (const name in span.attributes)
        if (((lengths[initialOf(name)] as number) & lengthBit(name)) !== 0) bits |= byMark.get(name) ?? 0
    for (let index = 0; bits !== 0; index++, bits >>>= 1) {
      const rule = marked[index] as Rule
      if ((bits & 1) === 1 && rule.matches(span)) return rule
    }
    return undefined
  }

  #rulesOf(scope: string): ScopeRules {
    const known = this.#byScope.get(scope)
    if (known !== undefined) return known
    const rules = scopeRules(
      this.rules.filter((rule) => rule.takesScope(scope)),
      scope,
    )
    if (this.#byScope.size >= MAX_SCOPES) this.#byScope.clear()
    this.#byScope.set(scope, rules)
    return rules
  }
}

/** @param rules in their order: those without marks are the user's, which come first */
function scopeRules(rules: readonly Rule[], scope: string): ScopeRules {
  const marked = rules.filter((rule) => rule.marks !== undefined)
  const byMark = new Map<string, number>()
  let byName = 0
  for (const [index, { marks }] of marked.entries()) {
    if (marks?.scope === scope) byName |= 1 << index
    for (const name of marks?.attributes ?? []) byMark.set(name, (byMark.get(name) ?? 0) | (1 << index))
  }
  const lengths = new Int32Array(INITIALS)
  for (const name of byMark.keys()) lengths[initialOf(name)] = (lengths[initialOf(name)] as number) | lengthBit(name)
  return { unmarked: rules.filter((rule) => rule.marks === undefined), marked, byName, byMark, lengths }
}

function initialOf(name: string): number {
  return name.charCodeAt(0) & (INITIALS - 1)
}

function lengthBit(name: string): number {
  return 1 << Math.min(name.length, 31)
}
