import { type Context, createContextKey, SpanKind, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { excludeMatcher, readRulesFile, type Settings } from '../config/index.js'
import { describeError, type EventCounter } from '../health/index.js'
import {
  ATTR_NAME,
  type FinishedSpan,
  problemText,
  type Promotion,
  Promoter,
  type RequestMetadata,
  RuleSet,
  type RuleValidation,
  scopeNameOf,
  validateRules,
} from '../span/index.js'

/** Under this key HTTP instrumentation keeps what frameworks tell it: `getRPCMetadata` of `@opentelemetry/core`. */
const RPC_METADATA = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA')

type PromotionSettings = Pick<Settings, 'promote' | 'rules'>

/**
 * The rules that settings ask for; undefined where they ask for none. A rule that is bad is left out, a file that cannot
 * be read as a whole, with a warning each: neither stops an application.
 *
 * @throws TypeError for bad rules that were given in code
 */
export function ruleSetOf({ promote, rules }: PromotionSettings, events: EventCounter): RuleSet | undefined {
  if (promote.length === 0 && rules === undefined) return undefined
  return new RuleSet(rules === undefined ? [] : ownRules(rules, events), promote)
}

function ownRules(rules: NonNullable<Settings['rules']>, events: EventCounter): RuleValidation['valid'] {
  if (typeof rules !== 'string') return requireRules(rules)
  try {
    const { valid, problems } = validateRules(readRulesFile(rules))
    for (const problem of problems) {
      const text = problemText(problem, rules)
      events.count('rule_ignored', `${text}. The rule is left out.`, 1, text)
    }
    return valid
  } catch (error) {
    const text = describeError(error)
    events.count('rule_ignored', `${text}. No rule of it is used.`, 1, text)
    return []
  }
}

/**
 * Rules that were given in code.
 * @throws TypeError with all that is wrong with them
 */
export function requireRules(rules: unknown): RuleValidation['valid'] {
  const { valid, problems } = validateRules(rules)
  if (problems.length === 0) return valid
  throw new TypeError(problems.map((problem) => problemText(problem, 'rules')).join('\n'))
}

/** Promotes the spans of one processor. It never throws. */
export class SpanPromotion {
  readonly rules: RuleSet
  readonly #promoter: Promoter
  readonly #events: EventCounter
  /** The instrumentation of the last request that became a feature: its next one most likely will. */
  #promotedScope: string | undefined

  constructor(rules: RuleSet, exclude: readonly string[], events: EventCounter) {
    this.rules = rules
    this.#promoter = new Promoter(rules, excludeMatcher(exclude))
    this.#events = events
  }

  start(span: ReadableSpan, parent: Context): void {
    try {
      const request = parent.getValue(RPC_METADATA) as RequestMetadata | undefined
      this.#promoter.start(span, span.parentSpanContext?.spanId, trace.getSpan(parent), request)
    } catch (error) {
      this.#failed(error)
    }
  }

  /**
   * Whether `end` may as well be asked later, of a span that has just ended. It is so of requests from outside, which are
   * what most features are.
   */
  mayWait(span: FinishedSpan): boolean {
    return (
      span.kind === SpanKind.SERVER &&
      scopeNameOf(span) === this.#promotedScope &&
      this.#promoter.isOutermost(span) &&
      span.attributes[ATTR_NAME] === undefined
    )
  }

  /** What becomes of a span that has ended, or undefined when it stays what it is. */
  end(span: FinishedSpan): Promotion | undefined {
    try {
      const outcome = this.#promoter.end(span)
      const promotion = outcome !== undefined && 'promotion' in outcome ? outcome.promotion : undefined
      if (span.kind === SpanKind.SERVER) this.#promotedScope = promotion === undefined ? undefined : scopeNameOf(span)
      return promotion
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  #failed(error: unknown): void {
    this.#events.count('unmapped_span', () => `a span could not be tried on the rules: ${describeError(error)}`)
  }
}
