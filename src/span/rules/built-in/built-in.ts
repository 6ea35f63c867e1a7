import type { SpanKind } from '@opentelemetry/api'
import type { PromotionSet } from '../../../config/index.js'
import { type FeatureCategory, parseCategory } from '../../../record/index.js'
import { ATTR_CATEGORY } from '../../attributes.js'
import { scopeNameOf, type SpanFacts } from '../../readable-span.js'
import type { Layer, Marks, PromotionDetails, Rule, SpanAttributes } from '../rule.js'

/** What tells one set of built-in rules from another. */
export interface BuiltIn {
  readonly set: PromotionSet
  /** What a span must have, for somebody who wonders why his does not match. */
  readonly looksFor: string
  readonly marks: Marks
  /** @param scope empty where it is not known */
  matches(name: string, kind: SpanKind, attributes: SpanAttributes, scope: string): boolean
  /** Whether a span of which this is known at its start may come to match; `matches` unless told. */
  mayMatch?(name: string, kind: SpanKind, attributes: SpanAttributes): boolean
  featureName(span: SpanFacts): string | undefined
  category(span: SpanFacts): FeatureCategory
  layer(span: SpanFacts): Layer
  details(span: SpanFacts): Partial<Pick<PromotionDetails, 'metadata' | 'inputSize' | 'outputSize'>>
}

/** Instrumentations whose spans no built-in rule takes: they are not looked at. */
const OTHERS = new Set(
  [
    'express',
    'connect',
    'koa',
    'hapi',
    'restify',
    'router',
    'nestjs-core',
    'dns',
    'net',
    'generic-pool',
    'graphql',
  ].map((name) => `@opentelemetry/instrumentation-${name}`),
)

export function ruleOf(builtIn: BuiltIn): Rule {
  return {
    name: builtIn.set,
    isBuiltIn: true,
    ignores: false,
    nested: 'once',
    marks: builtIn.marks,
    takesScope: (scope) => !OTHERS.has(scope),
    matches: (span) => builtIn.matches(span.name, span.kind, span.attributes, scopeNameOf(span)),
    mayMatch: (name, kind, attributes) => (builtIn.mayMatch ?? builtIn.matches)(name, kind, attributes, ''),
    featureName: (span) => builtIn.featureName(span),
    layer: (span) => builtIn.layer(span),
    details(span) {
      const { metadata = {}, inputSize = 0, outputSize = 0 } = builtIn.details(span)
      return {
        category: parseCategory(span.attributes[ATTR_CATEGORY]) ?? builtIn.category(span),
        status: undefined,
        inputSize,
        outputSize,
        iterations: 1,
        user: undefined,
        metadata,
      }
    },
    explain: () => `it has no ${builtIn.looksFor}`,
  }
}
