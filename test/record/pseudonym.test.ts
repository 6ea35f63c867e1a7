import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PseudonymCache, pseudonymOf } from '../../src/record/index.js'

describe('pseudonymOf', () => {
  // RFC 4231, section 4: test cases 1, 2 and 6.
  it.each([
    [Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      Buffer.from('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      Buffer.alloc(131, 0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('is HMAC-SHA-256 (%#)', (key, text, digest) => {
    expect(pseudonymOf(key, text)).toBe(digest)
  })

  it('differs by id and by key', () => {
    const key = Buffer.alloc(32, 1)
    expect(pseudonymOf(key, 'ada')).not.toBe(pseudonymOf(key, 'Ada'))
    expect(pseudonymOf(key, 'ada')).not.toBe(pseudonymOf(Buffer.alloc(32, 2), 'ada'))
  })
})

describe('PseudonymCache', () => {
  it('gives the pseudonyms of its key, however often and in whatever order it is asked', () => {
    const key = Buffer.alloc(32, 7)
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 3 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        (ids, limit) => {
          const cache = new PseudonymCache(key, limit)
          for (const id of [...ids, ...ids]) expect(cache.pseudonym(id)).toBe(pseudonymOf(key, id))
        },
      ),
    )
  })
})
