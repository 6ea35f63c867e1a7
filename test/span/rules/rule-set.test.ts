import { SpanKind } from '@opentelemetry/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROMOTION_SETS } from '../../../src/config/index.js'
import { RuleSet, validateRules } from '../../../src/span/index.js'
import { BUILT_IN_RULES } from '../../../src/span/rules/built-in/index.js'
import type { SpanFacts } from '../../../src/span/readable-span.js'

const OWN = validateRules({
  rules: [
    { name: 'by attribute', match: { attributes: { 'http.route': '/special*' } }, feature: 'special' },
    { name: 'by name', match: { name: 'job *' }, feature: 'job' },
  ],
}).valid

const MARKS = BUILT_IN_RULES.flatMap((rule) => rule.marks?.attributes ?? [])

const spans: fc.Arbitrary<SpanFacts> = fc.record({
  name: fc.constantFrom('span', 'job 7', 'fs readFile', 'search.tool', 'tools/list.mcp'),
  kind: fc.constantFrom(SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER),
  attributes: fc.dictionary(
    fc.constantFrom(...MARKS, 'messaging.operation', 'rpc.method', 'app.order', 'cloudcurio.feature.name'),
    fc.constantFrom<unknown>('GET', 'postgresql', '/special/offer', 'tools/call', '', 7, null, undefined, ['a']),
    { maxKeys: 6 },
  ),
  instrumentationScope: fc.option(
    fc.record({
      name: fc.constantFrom(
        'app',
        '@traceloop/instrumentation-mcp',
        '@opentelemetry/instrumentation-fs',
        '@opentelemetry/instrumentation-express',
        '@opentelemetry/instrumentation-pg',
      ),
    }),
    { nil: undefined },
  ),
})

describe('a set of rules', () => {
  it.each([
    ['with rules of the user', OWN],
    ['of built-in rules alone', []],
  ])('%s finds by their marks what one finds who tries each', (_, own) => {
    const rules = new RuleSet(own, PROMOTION_SETS)
    const found = new Set<string | undefined>()
    fc.assert(
      fc.property(spans, (span) => {
        const scope = span.instrumentationScope?.name ?? ''
        const first = rules.rules.find((rule) => rule.takesScope(scope) && rule.matches(span))
        const isFeature = typeof span.attributes['cloudcurio.feature.name'] === 'string'
        const rule = rules.find(span)
        expect(rule?.name).toBe(isFeature ? undefined : first?.name)
        found.add(rule?.name)
      }),
      { numRuns: 3000 },
    )
    // Otherwise it would have shown nothing.
    expect(found.size).toBe(rules.rules.length + 1)
  })
})
