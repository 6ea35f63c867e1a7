import { SpanKind } from '@opentelemetry/api'
import { excludeMatcher, type PromotionSet } from '../../../config/index.js'
import type { FeatureUsageRecord } from '../../../record/index.js'
import { ATTR_NAME } from '../../attributes.js'
import { scopeNameOf } from '../../readable-span.js'
import { recordFromSpan } from '../../to-record.js'
import { type Outcome, Promoter } from '../promoter.js'
import type { Rule } from '../rule.js'
import { RuleSet } from '../rule-set.js'
import { type RuleProblem, validateRules } from '../validate.js'
import type { RecordedSpan } from './recorded-spans.js'

export interface DryRunOptions {
  /** Sets of built-in rules to try after the given ones; default none. */
  readonly promote?: readonly PromotionSet[] | undefined
  /** Feature names that are never tracked; `*` matches a run of characters. */
  readonly exclude?: readonly string[] | undefined
}

/** What becomes of one span. */
export interface DryRunSpan {
  readonly name: string
  readonly kind: string
  readonly scope: string
  readonly traceId: string
  readonly spanId: string
  /** The rule that it matches; undefined for none, and for spans that are features by themselves. */
  readonly rule: string | undefined
  readonly record: FeatureUsageRecord | undefined
  /** Why there is no record. */
  readonly why: string | undefined
}

/** What one rule does to all spans. */
export interface DryRunRule {
  readonly name: string
  readonly isBuiltIn: boolean
  readonly matches: number
  readonly records: number
}

export interface DryRun {
  /** Bad rules, which were left out. */
  readonly problems: readonly RuleProblem[]
  /** In the order in which they are tried. */
  readonly rules: readonly DryRunRule[]
  /** In the order in which they ended. */
  readonly spans: readonly DryRunSpan[]
}

/** Stands where a pseudonym or a session would. */
const USER = '(user)'
const SESSION = '(session)'
const MAX_METADATA_SIZE = 10_240

/**
 * What rules would make of recorded spans. Nothing is stored. Users are not shown.
 *
 * @param spans as `readRecordedSpans` gives them
 * @param rules as a rules file has them, or as `defineRules` gives them
 */
export function dryRunRules(spans: readonly RecordedSpan[], rules: unknown, options: DryRunOptions = {}): DryRun {
  const { valid, problems } = validateRules(rules)
  const set = new RuleSet(valid, options.promote ?? [])
  const promoter = new Promoter(set, excludeMatcher(options.exclude ?? []), spans.length)
  const byId = new Map(spans.map((span) => [keyOf(span.spanContext().traceId, span.spanContext().spanId), span]))
  const depths = startAll(spans, byId, promoter)
  const results = spans
    .toSorted((a, b) => compareEnds(a, b) || (depths.get(b) ?? 0) - (depths.get(a) ?? 0))
    .map((span) => {
      const outcome = promoter.end(span)
      return { rule: outcome?.rule, result: resultOf(span, outcome, set.rules) }
    })
  return {
    problems,
    rules: set.rules.map((rule) => summaryOf(rule, results)),
    spans: results.map(({ result }) => result),
  }
}

/** The one around first: what lies inside asks for it. @returns how deep each span lies */
function startAll(
  spans: readonly RecordedSpan[],
  byId: ReadonlyMap<string, RecordedSpan>,
  promoter: Promoter,
): Map<RecordedSpan, number> {
  const depths = new Map<RecordedSpan, number>()
  for (const span of spans) {
    const path: RecordedSpan[] = []
    for (let at: RecordedSpan | undefined = span; at !== undefined && !depths.has(at) && !path.includes(at);)
      at = parentOf(path[path.push(at) - 1] as RecordedSpan, byId)
    for (const next of path.toReversed()) {
      const parent = parentOf(next, byId)
      depths.set(next, parent === undefined ? 0 : (depths.get(parent) ?? 0) + 1)
      promoter.start(next, parent?.spanContext().spanId)
    }
  }
  return depths
}

function parentOf(span: RecordedSpan, byId: ReadonlyMap<string, RecordedSpan>): RecordedSpan | undefined {
  const { parentSpanId } = span
  return parentSpanId === undefined ? undefined : byId.get(keyOf(span.spanContext().traceId, parentSpanId))
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId}:${spanId}`
}

function compareEnds(a: RecordedSpan, b: RecordedSpan): number {
  return a.endTime[0] - b.endTime[0] || a.endTime[1] - b.endTime[1]
}

function resultOf(span: RecordedSpan, outcome: Outcome, rules: readonly Rule[]): DryRunSpan {
  const { name, kind } = span
  const { traceId, spanId } = span.spanContext()
  const head = {
    name,
    kind: (SpanKind[kind] ?? '').toLowerCase(),
    scope: scopeNameOf(span),
    traceId,
    spanId,
  }
  if (outcome !== undefined && 'promotion' in outcome)
    return {
      ...head,
      rule: outcome.rule.name,
      record: recordFromSpan(span, MAPPING, outcome.promotion),
      why: undefined,
    }
  if (outcome !== undefined) return { ...head, rule: outcome.rule.name, record: undefined, why: whyNot(outcome) }
  const isFeature = typeof span.attributes[ATTR_NAME] === 'string'
  const record = isFeature ? recordFromSpan(span, MAPPING) : undefined
  return { ...head, rule: undefined, record, why: record === undefined ? whyUnmatched(span, rules) : undefined }
}

const MAPPING = { maxMetadataSize: MAX_METADATA_SIZE, sessionId: SESSION, pseudonymize: () => USER }

function whyNot({ why, parentFeature }: Extract<Outcome, { why: unknown }>): string {
  if (why === 'unnamed') return 'it has none of the attributes that its feature would be named after'
  if (why === 'ignored') return 'the rule ignores it'
  if (why === 'excluded') return 'its feature is excluded'
  return `it is a part of ${JSON.stringify(parentFeature)}, which counts`
}

function whyUnmatched(span: RecordedSpan, rules: readonly Rule[]): string {
  if (rules.length === 0) return 'there are no rules'
  const scope = scopeNameOf(span)
  const [own, builtIn] = [rules.filter((rule) => !rule.isBuiltIn), rules.filter((rule) => rule.isBuiltIn)]
  const reasons = own.map((rule) => `${rule.name}: ${rule.explain(span)}`)
  if (builtIn.length > 0 && !builtIn.some((rule) => rule.takesScope(scope)))
    reasons.push(`built-in rules: spans of ${scope} are parts of others`)
  else reasons.push(...builtIn.map((rule) => `${rule.name}: ${rule.explain(span)}`))
  return reasons.join('; ')
}

function summaryOf(
  rule: Rule,
  results: readonly { readonly rule: Rule | undefined; readonly result: DryRunSpan }[],
): DryRunRule {
  const matching = results.filter((one) => one.rule === rule)
  const records = matching.filter(({ result }) => result.record !== undefined)
  return { name: rule.name, isBuiltIn: rule.isBuiltIn, matches: matching.length, records: records.length }
}
