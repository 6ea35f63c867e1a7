import { describe, expect, it } from 'vitest'
import { pseudonymOf } from '../../src/record/index.js'
import { type MappingOptions, recordFromSpan } from '../../src/span/index.js'
import { duckSpan } from '../support/spans.js'

const key = Buffer.alloc(32, 1)
const hashed = (id: string) => pseudonymOf(key, id)
const clear: MappingOptions = { maxMetadataSize: 1000, sessionId: 's' }
const anonymous: MappingOptions = { ...clear, pseudonymize: hashed }

const recordOf = (attributes: Record<string, unknown>, options: MappingOptions) =>
  recordFromSpan(duckSpan({ 'cloudcurio.feature.name': 'search', ...attributes }), options)

describe('the user of a span', () => {
  it.each([
    [{ 'user.hash': 'h' }, 'h', 'h'],
    [{ 'user.hash': 'h', 'user.id': 'ada' }, 'h', 'h'],
    [{ 'user.id': 'ada' }, hashed('ada'), 'ada'],
    [{ 'enduser.id': 'ada' }, hashed('ada'), 'ada'],
    [{ 'user.id': 'ada', 'enduser.id': 'grace' }, hashed('ada'), 'ada'],
    [{ 'user.hash': '', 'user.id': 'ada' }, hashed('ada'), 'ada'],
    [{ 'user.id': '' }, null, null],
    [{}, null, null],
  ])('of %j is %j where ids become pseudonyms, else %j', (attributes, withPseudonyms, without) => {
    expect(recordOf(attributes, anonymous)?.userId).toBe(withPseudonyms)
    expect(recordOf(attributes, clear)?.userId).toBe(without)
  })

  it('becomes a pseudonym under metadata keys that name a user, once', () => {
    const attributes = {
      'cloudcurio.feature.metadata.userId': 'grace',
      'cloudcurio.feature.metadata.email': hashed('g@x.org'),
      'cloudcurio.feature.metadata.request': '{"user":{"id":42,"plan":"pro"}}',
      'cloudcurio.feature.metadata.note': 'grace',
    }
    expect(recordOf(attributes, anonymous)?.metadata).toEqual({
      userId: hashed('grace'),
      email: hashed('g@x.org'),
      request: { user: { id: hashed('42'), plan: 'pro' } },
      note: 'grace',
    })
    expect(recordOf(attributes, clear)?.metadata).toEqual({
      userId: 'grace',
      email: hashed('g@x.org'),
      request: { user: { id: 42, plan: 'pro' } },
      note: 'grace',
    })
  })

  it('of a span is not in its record in clear: not in metadata and not in the error', () => {
    const attributes = {
      'user.id': 'ada@example.org',
      'cloudcurio.feature.metadata.note': 'asked by ada@example.org',
      'error.message': 'no account for ada@example.org',
      'error.type': 'LookupError',
    }
    expect(JSON.stringify(recordOf(attributes, anonymous))).not.toContain('ada@example.org')
  })
})
