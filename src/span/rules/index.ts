export { type Outcome, type PassedOver, Promoter, type RequestMetadata } from './promoter.js'
export type { Nested, Promotion, Rule } from './rule.js'
export { RuleSet } from './rule-set.js'
export {
  type AttributePattern,
  defineRules,
  type FeatureRule,
  type IgnoreRule,
  type MatchConditions,
  type PromotionRule,
  type RuleFile,
} from './user-rule.js'
export { problemText, type RuleProblem, type RuleValidation, validateRules } from './validate.js'
export { type DryRun, type DryRunOptions, type DryRunRule, dryRunRules, type DryRunSpan } from './dry-run/dry-run.js'
export { readRecordedSpans, type RecordedSpan, spanToJson } from './dry-run/recorded-spans.js'
