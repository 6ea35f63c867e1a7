import type { SpanKind } from '@opentelemetry/api'
import type { FeatureCategory, FeatureStatus } from '../../record/index.js'
import type { SpanFacts } from '../readable-span.js'

export type SpanAttributes = SpanFacts['attributes']

/**
 * What becomes of a matching span that lies inside another one which counts.
 *
 * - `once`: it counts, and names its parent feature; but not when both are one operation, such as an HTTP request that
 *   is how a call of a model is made
 * - `count`: it counts, and names its parent feature
 * - `parent`: it does not count: the parent stands for it
 */
export type Nested = (typeof NESTED)[number]

export const NESTED = ['once', 'count', 'parent'] as const

/** What kind of work a span stands for: a span inside one of a certain other kind is how that one's work is done. */
export type Layer =
  | 'inference'
  | 'agent'
  | 'tool'
  | 'mcp'
  | 'database'
  | 'http_server'
  | 'http_client'
  | 'rpc'
  | 'messaging'
  | 'file'
  | 'process'

/** What a rule makes of a span, as far as it differs from what the span says for itself. */
export interface Promotion {
  readonly featureName: string
  readonly category: FeatureCategory
  /** Undefined leaves it to the span. */
  readonly status: FeatureStatus | undefined
  /** Bytes. */
  readonly inputSize: number
  /** Bytes. */
  readonly outputSize: number
  readonly iterations: number
  /** The user as the span names it; undefined leaves it to the standard attributes. */
  readonly user: string | undefined
  readonly metadata: Readonly<Record<string, unknown>>
  /** The feature inside which it ran. */
  readonly parentFeature: string | undefined
}

/** What spans have that a rule may match: those without it need not be tried. */
export interface Marks {
  /** One of these attributes at the least. */
  readonly attributes: readonly string[]
  /** An instrumentation whose spans match by their names alone. */
  readonly scope?: string | undefined
}

/** A rule in the form in which spans are tried on it. It must not throw, whatever a span holds. */
export interface Rule {
  readonly name: string
  readonly isBuiltIn: boolean
  /** Matching spans are left alone, also by the rules that follow. */
  readonly ignores: boolean
  readonly nested: Nested
  /** Undefined where a span may match without any. */
  readonly marks: Marks | undefined
  /** Whether a span of this instrumentation can match; asked once for each. */
  takesScope(scope: string): boolean
  matches(span: SpanFacts): boolean
  /** Whether a span of which only this is known may come to match. */
  mayMatch(name: string, kind: SpanKind, attributes: SpanAttributes): boolean
  /** Of a matching span; undefined where it has too little to name a feature after, and is left alone. */
  featureName(span: SpanFacts): string | undefined
  layer(span: SpanFacts): Layer | undefined
  details(span: SpanFacts): PromotionDetails
  /** Why a span does not match, for a dry run. */
  explain(span: SpanFacts): string
}

export type PromotionDetails = Omit<Promotion, 'featureName' | 'parentFeature'>
