import { FEATURE_CATEGORIES, FEATURE_STATUSES } from '../../record/index.js'
import { isContent, isRaw } from './content.js'
import { NESTED } from './rule.js'
import { isOwn, isWellFormed, placeholdersOf } from './template.js'
import type { PromotionRule } from './user-rule.js'
import { nameOf } from './compile.js'

/** Something wrong with a rule, and what to do about it. */
export interface RuleProblem {
  /** Place in the list, from 0; undefined where the list itself is wrong. */
  readonly index: number | undefined
  /** What the rule is called. */
  readonly rule: string | undefined
  /** Such as `match.kind`; undefined where the rule as a whole is wrong. */
  readonly field: string | undefined
  /** What is wrong, and the remedy. */
  readonly message: string
}

export interface RuleValidation {
  /** The rules without a problem, with their places in the list. */
  readonly valid: readonly { readonly index: number; readonly rule: PromotionRule }[]
  readonly problems: readonly RuleProblem[]
}

const KINDS = ['internal', 'server', 'client', 'producer', 'consumer']
const FILE_FIELDS = ['$schema', 'rules']
const MATCH_FIELDS = ['scope', 'name', 'kind', 'attributes']
const IGNORE_FIELDS = ['name', 'match', 'ignore']
const RULE_FIELDS = [
  ...IGNORE_FIELDS,
  'feature',
  'category',
  'inputSize',
  'outputSize',
  'iterations',
  'status',
  'user',
  'metadata',
  'nested',
]
const MAX_RULES = 1000

type Fields = Readonly<Record<string, unknown>>
type Report = (field: string | undefined, message: string) => void

/** All that is wrong with rules, whatever they are: a list of rules, or an object with one, as files have it. */
export function validateRules(source: unknown): RuleValidation {
  const list = Array.isArray(source) ? source : isFields(source) ? source['rules'] : undefined
  if (!Array.isArray(list))
    return { valid: [], problems: [wholeProblem('give an object with a list of rules: { "rules": [ … ] }')] }
  const problems: RuleProblem[] = []
  const unknown = isFields(source) ? Object.keys(source).filter((key) => !FILE_FIELDS.includes(key)) : []
  for (const key of unknown) problems.push(wholeProblem(`unknown field ${show(key)}: use ${FILE_FIELDS.join(' and ')}`))
  if (list.length > MAX_RULES) problems.push(wholeProblem(`${list.length} rules: give ${MAX_RULES} at most`))
  const valid: { index: number; rule: PromotionRule }[] = []
  for (const [index, rule] of list.slice(0, MAX_RULES).entries()) {
    const before = problems.length
    checkRule(rule, (field, message) => {
      problems.push({ index, rule: isFields(rule) ? nameOf(rule, index) : undefined, field, message })
    })
    if (problems.length === before) valid.push({ index, rule: rule as PromotionRule })
  }
  return { valid, problems }
}

/** One line: where, and what. @param source the file, or what else the rules came from */
export function problemText({ index, rule, field, message }: RuleProblem, source: string): string {
  const unnamed = index === undefined ? undefined : `rule ${index + 1}`
  const named = rule === undefined || rule === unnamed ? unnamed : `${unnamed} (${rule})`
  return [source, named, field].filter((part) => part !== undefined).join(', ') + `: ${message}`
}

function wholeProblem(message: string): RuleProblem {
  return { index: undefined, rule: undefined, field: undefined, message }
}

function checkRule(rule: unknown, report: Report): void {
  if (!isFields(rule)) {
    report(undefined, `it is ${show(rule)}: give an object with match and feature`)
    return
  }
  const ignores = rule['ignore'] === true
  checkFields(rule, ignores ? IGNORE_FIELDS : RULE_FIELDS, undefined, report)
  checkOptional(rule, 'name', isText, 'a text', report)
  checkOptional(rule, 'ignore', (value) => typeof value === 'boolean', 'true or false', report)
  checkMatch(rule['match'], report)
  if (ignores) return
  checkFeature(rule['feature'], report)
  checkOptional(rule, 'category', oneOf(FEATURE_CATEGORIES), `one of ${FEATURE_CATEGORIES.join(', ')}`, report)
  checkOptional(rule, 'nested', oneOf(NESTED), `one of ${NESTED.join(', ')}`, report)
  for (const field of ['inputSize', 'outputSize', 'iterations'])
    checkOptional(rule, field, isAmount, 'a number of 0 or more, or the name of an attribute that has it', report)
  checkOptional(rule, 'user', isTexts, 'the name of an attribute', report)
  checkStatus(rule['status'], report)
  checkMetadata(rule['metadata'], report)
}

function checkFields(given: Fields, allowed: readonly string[], below: string | undefined, report: Report): void {
  for (const key of Object.keys(given).filter((name) => !allowed.includes(name)))
    report(below === undefined ? key : `${below}.${key}`, `unknown field: use ${allowed.join(', ')}`)
}

function checkOptional(
  given: Fields,
  field: string,
  isGood: (value: unknown) => boolean,
  expected: string,
  report: Report,
): void {
  const value = given[field]
  if (value !== undefined && !isGood(value)) report(field, `it is ${show(value)}: give ${expected}`)
}

function checkMatch(match: unknown, report: Report): void {
  if (!isFields(match)) {
    report('match', `it is ${show(match)}: give an object with one or more of ${MATCH_FIELDS.join(', ')}`)
    return
  }
  checkFields(match, MATCH_FIELDS, 'match', report)
  const below: Report = (field, message) => {
    report(`match.${field ?? ''}`, message)
  }
  checkOptional(
    match,
    'scope',
    isTexts,
    'a text or a list of texts, in which * stands for any run of characters',
    below,
  )
  checkOptional(match, 'name', isTexts, 'a text or a list of texts, in which * stands for any run of characters', below)
  checkOptional(match, 'kind', isKind, `one of ${KINDS.join(', ')}, or a list of them`, below)
  const { attributes } = match
  if (attributes !== undefined && !isFields(attributes))
    report('match.attributes', `it is ${show(attributes)}: give an object of attribute names and patterns`)
  for (const [key, pattern] of isFields(attributes) ? Object.entries(attributes) : [])
    if (!isPattern(pattern))
      report(
        `match.attributes.${key}`,
        `it is ${show(pattern)}: give a text (* matches any run of characters), a number, true, false, a list of these, or null for an attribute that must be absent`,
      )
  const conditions = MATCH_FIELDS.some((field) => match[field] !== undefined)
  if (!conditions || (isFields(attributes) && Object.keys(match).length === 1 && Object.keys(attributes).length === 0))
    report('match', `it has no condition and would take every span: give one of ${MATCH_FIELDS.join(', ')}`)
}

function checkFeature(feature: unknown, report: Report): void {
  if (!isText(feature) || feature.trim() === '' || feature.length > 1000) {
    const expected = 'give the name of a feature, in which {attribute} stands for an attribute’s value, or ignore: true'
    report('feature', `it is ${feature === undefined ? 'missing' : show(feature)}: ${expected}`)
    return
  }
  if (!isWellFormed(feature)) {
    report('feature', `${show(feature)} has braces that are no placeholder: write {attribute} or {first|second}`)
    return
  }
  for (const name of placeholdersOf(feature).filter((placeholder) => !isOwn(placeholder))) {
    if (isContent(name)) report('feature', `{${name}} holds content, which is never kept: use another attribute`)
    else if (isRaw(name))
      report('feature', `{${name}} differs from one call to the next: use an attribute with few values, as http.route`)
  }
}

function checkStatus(status: unknown, report: Report): void {
  if (status === undefined || oneOf(FEATURE_STATUSES)(status)) return
  const statuses = FEATURE_STATUSES.join(', ')
  if (!isFields(status) || !isText(status['attribute']) || !isFields(status['values'])) {
    report('status', `it is ${show(status)}: give one of ${statuses}, or { attribute, values: { pattern: status } }`)
    return
  }
  checkFields(status, ['attribute', 'values'], 'status', report)
  for (const [pattern, value] of Object.entries(status['values']))
    if (!oneOf(FEATURE_STATUSES)(value))
      report(`status.values.${pattern}`, `it is ${show(value)}: give one of ${statuses}`)
}

function checkMetadata(metadata: unknown, report: Report): void {
  if (metadata === undefined) return
  if (!Array.isArray(metadata) || !metadata.every(isText)) {
    report('metadata', `it is ${show(metadata)}: give a list of attribute names, in which * stands for any characters`)
    return
  }
  for (const name of metadata.filter(isContent))
    report(
      'metadata',
      `${name} holds content (prompts, answers, arguments or statements), which is never kept: leave it out`,
    )
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isTexts(value: unknown): boolean {
  return isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText))
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' ? Number.isFinite(value) && value >= 0 : isTexts(value)
}

function isKind(value: unknown): boolean {
  return oneOf(KINDS)(value) || (Array.isArray(value) && value.length > 0 && value.every(oneOf(KINDS)))
}

function isPattern(value: unknown): boolean {
  return value === null || isScalar(value) || (Array.isArray(value) && value.length > 0 && value.every(isScalar))
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function oneOf(allowed: readonly unknown[]): (value: unknown) => boolean {
  return (value) => allowed.includes(value)
}

function show(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value)
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`
}
