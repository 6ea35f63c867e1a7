import type { FeatureCategory, FeatureStatus } from '../../record/index.js'
import type { Nested } from './rule.js'

/** `*` matches a run of characters; of several, one has to match. */
export type GlobPattern = string | readonly string[]

/** Text with `*`, a number, `true`, `false`; `null` where the attribute must be absent; of a list, one has to match. */
export type AttributePattern = string | number | boolean | null | readonly (string | number | boolean)[]

export type KindName = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** All that is given has to match. */
export interface MatchConditions {
  /** The name of the instrumentation, such as `@opentelemetry/instrumentation-graphql`. */
  readonly scope?: GlobPattern
  /** The span's name. */
  readonly name?: GlobPattern
  readonly kind?: KindName | readonly KindName[]
  readonly attributes?: Readonly<Record<string, AttributePattern>>
}

/** The status of every matching span, or by the value of an attribute: the first pattern that matches it counts. */
export type StatusChoice =
  | FeatureStatus
  | { readonly attribute: string; readonly values: Readonly<Record<string, FeatureStatus>> }

/** A number, or the attribute that has it; of several attributes the first that is there. */
export type Amount = number | string | readonly string[]

interface RuleHead {
  /** What messages and dry runs call the rule. */
  readonly name?: string
  readonly match: MatchConditions
}

/** Spans that no later rule may take, built-in ones included. */
export interface IgnoreRule extends RuleHead {
  readonly ignore: true
}

/** What becomes of a matching span. */
export interface FeatureRule extends RuleHead {
  readonly ignore?: false
  /**
   * The feature's name, in which `{attribute}` stands for an attribute's value and `{first|second}` for the first that
   * is there. `{span.name}`, `{span.kind}` and `{scope.name}` are the span's own.
   */
  readonly feature: string
  /** Default `other`. */
  readonly category?: FeatureCategory
  /** Bytes. */
  readonly inputSize?: Amount
  /** Bytes. */
  readonly outputSize?: Amount
  readonly iterations?: Amount
  /** Default: what the span's status, error and protocol say. */
  readonly status?: StatusChoice
  /** The attribute with the user's id. Default: `user.hash`, `user.id`, `enduser.id`. */
  readonly user?: string | readonly string[]
  /** Attributes to keep; `*` matches a run of characters. */
  readonly metadata?: readonly string[]
  /** What to do inside another span that counts; default `once`. */
  readonly nested?: Nested
}

export type PromotionRule = FeatureRule | IgnoreRule

/** What a rules file holds. */
export interface RuleFile {
  readonly $schema?: string
  readonly rules: readonly PromotionRule[]
}

/**
 * Rules for a rules file in TypeScript or JavaScript, or for the option `rules`: it gives back what it is given, with the
 * types that an editor completes. What is wrong with them is said where they are used.
 */
export function defineRules(rules: readonly PromotionRule[] | RuleFile): RuleFile {
  return 'rules' in rules ? rules : { rules }
}
