import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FEATURE_CATEGORIES, FEATURE_STATUSES } from '../../../src/record/index.js'
import { defineRules, problemText, validateRules } from '../../../src/span/index.js'
import { ROOT } from '../../support/child.js'

const GOOD = { match: { scope: 'a' }, feature: 'f' }

function problems(rule: unknown): string[] {
  return validateRules({ rules: [GOOD, rule] }).problems.map((problem) => problemText(problem, 'rules.json'))
}

describe('a rule', () => {
  it.each<[unknown, string]>([
    [7, 'rules.json, rule 2: it is 7: give an object with match and feature'],
    [
      { feature: 'f' },
      'rules.json, rule 2, match: it is missing: give an object with one or more of scope, name, kind, attributes',
    ],
    [
      { match: {}, feature: 'f' },
      'rules.json, rule 2, match: it has no condition and would take every span: give one of scope, name, kind, attributes',
    ],
    [
      { match: { attributes: {} }, feature: 'f' },
      'rules.json, rule 2, match: it has no condition and would take every span: give one of scope, name, kind, attributes',
    ],
    [
      { ...GOOD, name: 'orders', match: { kind: 'sever' } },
      'rules.json, rule 2 (orders), match.kind: it is "sever": give one of internal, server, client, producer, consumer, or a list of them',
    ],
    [
      { ...GOOD, match: { kin: 'server', scope: 'a' } },
      'rules.json, rule 2, match.kin: unknown field: use scope, name, kind, attributes',
    ],
    [
      { ...GOOD, match: { attributes: { a: {} } } },
      'rules.json, rule 2, match.attributes.a: it is {}: give a text (* matches any run of characters), a number, true, false, a list of these, or null for an attribute that must be absent',
    ],
    [
      { match: GOOD.match },
      'rules.json, rule 2, feature: it is missing: give the name of a feature, in which {attribute} stands for an attribute’s value, or ignore: true',
    ],
    [
      { ...GOOD, feature: 'x {a' },
      'rules.json, rule 2, feature: "x {a" has braces that are no placeholder: write {attribute} or {first|second}',
    ],
    [
      { ...GOOD, feature: '{a|}' },
      'rules.json, rule 2, feature: "{a|}" has braces that are no placeholder: write {attribute} or {first|second}',
    ],
    [
      { ...GOOD, feature: '{url.full}' },
      'rules.json, rule 2, feature: {url.full} differs from one call to the next: use an attribute with few values, as http.route',
    ],
    [
      { ...GOOD, feature: '{a|db.query.text}' },
      'rules.json, rule 2, feature: {db.query.text} holds content, which is never kept: use another attribute',
    ],
    [
      { ...GOOD, category: 'databases' },
      `rules.json, rule 2, category: it is "databases": give one of ${FEATURE_CATEGORIES.join(', ')}`,
    ],
    [{ ...GOOD, nested: 'twice' }, 'rules.json, rule 2, nested: it is "twice": give one of once, count, parent'],
    [
      { ...GOOD, inputSize: -1 },
      'rules.json, rule 2, inputSize: it is -1: give a number of 0 or more, or the name of an attribute that has it',
    ],
    [
      { ...GOOD, status: 'bad' },
      `rules.json, rule 2, status: it is "bad": give one of ${FEATURE_STATUSES.join(', ')}, or { attribute, values: { pattern: status } }`,
    ],
    [
      { ...GOOD, status: { attribute: 'a', values: { x: 'bad' } } },
      `rules.json, rule 2, status.values.x: it is "bad": give one of ${FEATURE_STATUSES.join(', ')}`,
    ],
    [{ ...GOOD, user: 5 }, 'rules.json, rule 2, user: it is 5: give the name of an attribute'],
    [
      { ...GOOD, metadata: 'a' },
      'rules.json, rule 2, metadata: it is "a": give a list of attribute names, in which * stands for any characters',
    ],
    [
      { ...GOOD, metadata: ['gen_ai.input.messages'] },
      'rules.json, rule 2, metadata: gen_ai.input.messages holds content (prompts, answers, arguments or statements), which is never kept: leave it out',
    ],
    [
      { match: GOOD.match, ignore: true, feature: 'f' },
      'rules.json, rule 2, feature: unknown field: use name, match, ignore',
    ],
  ])('%j is refused with its place and the remedy', (rule, expected) => {
    expect(problems(rule)).toEqual([expected])
  })

  it('that has several faults is told all of them, and the good ones stay', () => {
    const source = { rules: [{ match: {}, feature: '', category: 'x' }, GOOD, null] }
    const { valid, problems: found } = validateRules(source)
    expect(valid).toEqual([{ index: 1, rule: GOOD }])
    expect(found.map(({ index, field }) => [index, field])).toEqual([
      [0, 'match'],
      [0, 'feature'],
      [0, 'category'],
      [2, undefined],
    ])
  })

  it.each([
    GOOD,
    {
      match: { attributes: { a: null, b: [1, 'x*', true] }, kind: ['server', 'client'] },
      feature: '{a|span.name} x',
      category: 'other',
    },
    { match: { name: ['a*', 'b'] }, ignore: true },
    {
      ...GOOD,
      ignore: false,
      status: { attribute: 'a', values: { '*': 'failed' } },
      user: ['a', 'b'],
      metadata: ['a.*'],
      nested: 'parent',
      iterations: 2,
      outputSize: ['x'],
    },
  ])('%j is good', (rule) => {
    expect(problems(rule)).toEqual([])
    expect(validateRules([rule]).valid).toHaveLength(1)
  })
})

describe('rules', () => {
  it.each([null, 7, {}, { rules: {} }, 'x'])('that are %j are refused as a whole', (source) => {
    expect(validateRules(source).problems.map(({ message }) => message)).toEqual([
      'give an object with a list of rules: { "rules": [ … ] }',
    ])
  })

  it('with an unknown field beside them are told so', () => {
    expect(validateRules({ rules: [], rule: [] }).problems[0]?.message).toBe(
      'unknown field "rule": use $schema and rules',
    )
  })

  it('come back from defineRules as a file has them', () => {
    expect(defineRules([{ match: { name: 'a' }, ignore: true }])).toEqual({
      rules: [{ match: { name: 'a' }, ignore: true }],
    })
    expect(defineRules({ rules: [] })).toEqual({ rules: [] })
  })
})

describe('rules.schema.json', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'rules.schema.json'), 'utf8')) as {
    $defs: Record<string, { properties: Record<string, { enum?: unknown[] }>; enum?: unknown[] }>
  }
  const fieldsIn = (name: string) => Object.keys(schema.$defs[name]?.properties ?? {})

  it('has the fields and values that the check has', () => {
    const unknown = (rule: object) =>
      problems(rule)
        .filter((text) => text.includes('unknown field'))
        .map((text) => text.replace(/.*: use /, '').split(', '))
    expect(unknown({ ...GOOD, x: 1 })).toEqual([expect.arrayContaining(fieldsIn('featureRule'))])
    expect(fieldsIn('featureRule').toSorted()).toEqual(unknown({ ...GOOD, x: 1 })[0]?.toSorted())
    expect(fieldsIn('ignoreRule').toSorted()).toEqual(unknown({ match: GOOD.match, ignore: true, x: 1 })[0]?.toSorted())
    expect(fieldsIn('match').toSorted()).toEqual(unknown({ ...GOOD, match: { scope: 'a', x: 1 } })[0]?.toSorted())
    expect(schema.$defs['featureRule']?.properties['category']?.enum).toEqual(FEATURE_CATEGORIES)
    expect(schema.$defs['status']?.enum?.toSorted()).toEqual([...FEATURE_STATUSES].toSorted())
    const values = (rule: object) =>
      problems(rule)[0]
        ?.replace(/.*give one of /, '')
        .replace(', or a list of them', '')
        .split(', ')
    expect(schema.$defs['featureRule']?.properties['nested']?.enum).toEqual(values({ ...GOOD, nested: 'x' }))
    expect(schema.$defs['kind']?.enum).toEqual(values({ ...GOOD, match: { kind: 'x' } }))
  })
})
