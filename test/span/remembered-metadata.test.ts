import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftFromSpan, type MappingOptions, RememberedMetadata } from '../../src/span/index.js'
import { promotionTo } from '../support/promoting.js'
import { duckSpan } from '../support/spans.js'

const plain: MappingOptions = {
  maxMetadataSize: 200,
  sessionId: 'session',
  pseudonymize: (userId) => `pseudonym of ${userId.length}`,
}

const metadata = fc.dictionary(
  fc.constantFrom('http.route', 'status', 'user.name', '__proto__', 'tags'),
  fc.constantFrom<unknown>('/orders', '/orders of ada', 200, 500, true, Number.NaN, ['a'], null, 'x'.repeat(300)),
  { maxKeys: 3 },
)
const calls = fc.array(
  fc.record({
    made: fc
      .tuple(fc.constantFrom('a', 'b'), metadata, fc.constantFrom('around', undefined))
      .map((all) => promotionTo(...all)),
    scope: fc.constantFrom(undefined, { name: 'one' }, { name: 'two' }),
    own: fc.constantFrom<Record<string, unknown>>(
      {},
      { 'user.id': 'ada' },
      { 'cloudcurio.feature.metadata.plan': 'free' },
    ),
  }),
  { maxLength: 40 },
)

describe('metadata that is remembered', () => {
  it('is what it would be otherwise, whatever came before', () => {
    fc.assert(
      fc.property(calls, (all) => {
        const remembering = { ...plain, remembered: new RememberedMetadata() }
        for (const { made, scope, own } of all) {
          const span = duckSpan(own, { instrumentationScope: scope })
          expect(draftFromSpan(span, remembering, made)?.metadataText).toBe(
            draftFromSpan(span, plain, made)?.metadataText,
          )
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('is found while it repeats, also between other features', () => {
    const remembered = new RememberedMetadata()
    const options = { ...plain, remembered }
    for (const status of [200, 200, 500]) {
      draftFromSpan(duckSpan({}), options, promotionTo('GET /orders', { 'http.route': '/orders', status }))
      draftFromSpan(duckSpan({}), options, promotionTo('GET', { status: 404 }))
    }
    const known = (status: number): string | undefined =>
      remembered.find(promotionTo('GET /orders', { 'http.route': '/orders', status }), undefined)
    expect(known(500)).toBe('{"http.route":"/orders","status":500}')
    expect(known(200)).toBeUndefined()
    expect(remembered.find(promotionTo('GET', { status: 404 }), undefined)).toBe('{"status":404}')
    expect(remembered.find(promotionTo('GET', { status: 404, more: 1 }), undefined)).toBeUndefined()
    expect(remembered.find(promotionTo('GET', {}), undefined)).toBeUndefined()
  })

  it('never is that of somebody', () => {
    const remembered = new RememberedMetadata()
    const made = promotionTo('a', { 'user.name': 'ada' })
    const draft = draftFromSpan(duckSpan({}), { ...plain, remembered }, made)
    expect(draft?.metadataText).toBe('{"user.name":"pseudonym of 3"}')
    expect(remembered.find(made, undefined)).toBeUndefined()
  })
})
