import type { SpanKind } from '@opentelemetry/api'
import type { PromotionSet } from '../../config/index.js'
import { ATTR_NAME } from '../attributes.js'
import type { SpanFacts } from '../readable-span.js'
import { builtInRules } from './built-in/index.js'
import { compileRule } from './compile.js'
import type { Rule, SpanAttributes } from './rule.js'
import type { PromotionRule } from './user-rule.js'

/** Instrumentations whose rules are remembered; there are a few dozen of them in an application. */
const MAX_SCOPES = 1000

/** Rules in the order in which they are tried: the user's, then the built-in ones. The first that matches counts. */
export class RuleSet {
  readonly rules: readonly Rule[]
  /** By instrumentation, the rules that its spans may match: what none can match is told by one look-up. */
  readonly #byScope = new Map<string, readonly Rule[]>()

  constructor(own: readonly { readonly index: number; readonly rule: PromotionRule }[], sets: readonly PromotionSet[]) {
    this.rules = [...own.map(({ rule, index }) => compileRule(rule, index)), ...builtInRules(sets)]
  }

  /** The first rule that matches a span; a span that is a feature by itself matches none. */
  find(span: SpanFacts): Rule | undefined {
    for (const rule of this.#rulesOf(span.instrumentationScope?.name ?? ''))
      if (rule.matches(span)) return typeof span.attributes[ATTR_NAME] === 'string' ? undefined : rule
    return undefined
  }

  /** Whether a span of which only this is known at its start may come to match. */
  mayMatch(name: string, kind: SpanKind, attributes: SpanAttributes): boolean {
    return this.rules.some((rule) => !rule.ignores && rule.mayMatch(name, kind, attributes))
  }

  #rulesOf(scope: string): readonly Rule[] {
    const known = this.#byScope.get(scope)
    if (known !== undefined) return known
    const rules = this.rules.filter((rule) => rule.takesScope(scope))
    if (this.#byScope.size >= MAX_SCOPES) this.#byScope.clear()
    this.#byScope.set(scope, rules)
    return rules
  }
}
