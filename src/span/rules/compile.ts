import { SpanKind } from '@opentelemetry/api'
import { matchesPattern } from '../../config/index.js'
import { define, FeatureCategory, type FeatureStatus, parseStatus } from '../../record/index.js'
import { scopeNameOf, type SpanFacts } from '../readable-span.js'
import { isContent, isRaw } from './content.js'
import { numberOf, textOf } from './reading.js'
import type { PromotionDetails, Rule, SpanAttributes } from './rule.js'
import { compileTemplate } from './template.js'
import type {
  Amount,
  AttributePattern,
  FeatureRule,
  MatchConditions,
  PromotionRule,
  StatusChoice,
} from './user-rule.js'

/** More keys of one pattern are not kept. */
const MAX_KEPT = 50

type Test<T> = (value: T) => boolean

/** A rule of the user's, which `validateRules` has passed, in the form in which spans are tried on it. */
export function compileRule(rule: PromotionRule, index: number): Rule {
  const conditions = compileConditions(rule.match)
  const common = {
    name: nameOf(rule, index),
    isBuiltIn: false,
    marks: undefined,
    layer: () => undefined,
    ...conditions,
  }
  if (rule.ignore === true)
    return { ...common, ignores: true, nested: 'once', featureName: () => undefined, details: () => NOTHING }
  return {
    ...common,
    ignores: false,
    nested: rule.nested ?? 'once',
    featureName: compileTemplate(rule.feature),
    details: compileDetails(rule),
  }
}

const NOTHING: PromotionDetails = {
  category: FeatureCategory.OTHER,
  status: undefined,
  inputSize: 0,
  outputSize: 0,
  iterations: 1,
  user: undefined,
  metadata: {},
}

/** What messages call a rule. */
export function nameOf(rule: { readonly name?: unknown }, index: number): string {
  return typeof rule.name === 'string' && rule.name !== '' ? rule.name : `rule ${index + 1}`
}

function compileConditions(match: MatchConditions): Pick<Rule, 'takesScope' | 'matches' | 'mayMatch' | 'explain'> {
  const takesScope = globs(match.scope)
  const takesName = globs(match.name)
  const kinds = kindsOf(match.kind)
  const attributes = Object.entries(match.attributes ?? {}).map(([key, pattern]) => ({ key, test: attribute(pattern) }))
  return {
    takesScope,
    // The scope was looked at before.
    matches: (span) =>
      (kinds === undefined || kinds.has(span.kind)) &&
      takesName(span.name) &&
      attributes.every(({ key, test }) => test(span.attributes[key])),
    // What is absent at the start may come; a name that does not match may be changed only by those that set attributes.
    mayMatch: (name, kind, known) =>
      (kinds === undefined || kinds.has(kind)) &&
      takesName(name) &&
      attributes.every(({ key, test }) => known[key] === undefined || test(known[key])),
    explain: (span) => {
      const scope = scopeNameOf(span)
      if (!takesScope(scope)) return `its scope is ${show(scope)}, not ${show(match.scope)}`
      if (kinds !== undefined && !kinds.has(span.kind))
        return `its kind is ${(SpanKind[span.kind] ?? '').toLowerCase()}, not ${show(match.kind)}`
      if (!takesName(span.name)) return `its name is ${show(span.name)}, not ${show(match.name)}`
      const missed = attributes.find(({ key, test }) => !test(span.attributes[key]))
      return missed === undefined ? 'it matches' : explainAttribute(missed.key, match, span)
    },
  }
}

/** A value that must not be kept is not shown either. */
function explainAttribute(key: string, match: MatchConditions, { attributes }: SpanFacts): string {
  const value = attributes[key]
  const wanted = show(match.attributes?.[key])
  if (value === undefined) return `it has no ${key}`
  return isContent(key) ? `its ${key} does not match ${wanted}` : `its ${key} is ${show(value)}, not ${wanted}`
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'absent'
}

function globs(pattern: string | readonly string[] | undefined): Test<string> {
  if (pattern === undefined) return () => true
  const patterns = typeof pattern === 'string' ? [pattern] : pattern
  return (text) => patterns.some((one) => matchesPattern(one, text))
}

function kindsOf(kind: MatchConditions['kind']): ReadonlySet<SpanKind> | undefined {
  if (kind === undefined) return undefined
  const names = typeof kind === 'string' ? [kind] : kind
  return new Set(names.map((name) => SpanKind[name.toUpperCase() as keyof typeof SpanKind]))
}

/** Of a list of values, as `gen_ai.response.finish_reasons` has, one has to match. */
function attribute(pattern: AttributePattern): Test<unknown> {
  if (pattern === null) return (value) => value === undefined || value === null
  const wanted: readonly (string | number | boolean)[] = Array.isArray(pattern) ? pattern : [pattern]
  const matchesOne = (value: unknown): boolean =>
    wanted.some((one) =>
      typeof one === 'string' ? isTextLike(value) && matchesPattern(one, String(value)) : one === value,
    )
  return (value) => (Array.isArray(value) ? value.some(matchesOne) : matchesOne(value))
}

function isTextLike(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function compileDetails(rule: FeatureRule): (span: SpanFacts) => PromotionDetails {
  const inputSize = amount(rule.inputSize, 0)
  const outputSize = amount(rule.outputSize, 0)
  const iterations = amount(rule.iterations, 1)
  const status = statusChoice(rule.status)
  const user = rule.user === undefined ? [] : [rule.user].flat()
  const metadata = compileMetadata(rule.metadata ?? [])
  return ({ attributes }) => ({
    category: rule.category ?? FeatureCategory.OTHER,
    status: status(attributes),
    inputSize: inputSize(attributes),
    outputSize: outputSize(attributes),
    iterations: iterations(attributes),
    user: userOf(attributes, user),
    metadata: metadata(attributes),
  })
}

function userOf(attributes: SpanAttributes, names: readonly string[]): string | undefined {
  const id = textOf(attributes, names) ?? numberOf(attributes, names)
  return id === undefined ? undefined : String(id)
}

function amount(given: Amount | undefined, otherwise: number): (attributes: SpanAttributes) => number {
  if (given === undefined) return () => otherwise
  if (typeof given === 'number') return () => given
  const names = [given].flat()
  return (attributes) => Math.max(0, Math.round(numberOf(attributes, names) ?? otherwise))
}

function statusChoice(choice: StatusChoice | undefined): (attributes: SpanAttributes) => FeatureStatus | undefined {
  if (choice === undefined || typeof choice === 'string') return () => parseStatus(choice)
  const values = Object.entries(choice.values)
  return (attributes) => {
    const value = attributes[choice.attribute]
    if (!isTextLike(value)) return undefined
    return values.find(([pattern]) => matchesPattern(pattern, String(value)))?.[1]
  }
}

/** What is named in full is kept; what a pattern matches, unless it is a raw URL, path or header. Content never is. */
function compileMetadata(keys: readonly string[]): (attributes: SpanAttributes) => Record<string, unknown> {
  const named = keys.filter((key) => !key.includes('*') && !isContent(key))
  const patterns = keys.filter((key) => key.includes('*'))
  return (attributes) => {
    const kept: Record<string, unknown> = {}
    for (const key of named) if (attributes[key] !== undefined) define(kept, key, attributes[key])
    if (patterns.length === 0) return kept
    const found = Object.keys(attributes)
      .filter((key) => patterns.some((pattern) => matchesPattern(pattern, key)) && !isContent(key) && !isRaw(key))
      .slice(0, MAX_KEPT)
    for (const key of found) define(kept, key, attributes[key])
    return kept
  }
}
