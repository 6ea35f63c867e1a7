import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excludeMatcher, matchesPattern } from '../../src/config/index.js'

/** What a pattern means, said as a regular expression. */
function oracle(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}/-]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('[^]*')}$`)
}

describe('matchesPattern', () => {
  it('agrees with a regular expression', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 })
    fc.assert(
      fc.property(name, name, (pattern, text) => {
        expect(matchesPattern(pattern, text)).toBe(oracle(pattern).test(text))
      }),
      { numRuns: 5000 },
    )
  })

  it('takes every character but the star for itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (pattern, text) => {
        const plain = pattern.replaceAll('*', '')
        expect(matchesPattern(plain, plain)).toBe(true)
        expect(matchesPattern(plain, text)).toBe(plain === text)
      }),
    )
  })

  it.each([
    ['*', '', true],
    ['**', 'anything\nat all', true],
    ['a*', 'a', true],
    ['*.internal', 'search.internal', true],
    ['*.internal', 'searchXinternal', false],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['a*b*c', 'aXbXbXc', true],
    ['Health', 'health', false],
    ['', 'a', false],
  ])('of %j and %j is %j', (pattern, name, matches) => {
    expect(matchesPattern(pattern, name)).toBe(matches)
  })

  it('comes to an end where a search that goes back would not', () => {
    const pattern = `${'a*'.repeat(10_000)}b`
    expect(matchesPattern(pattern, 'a'.repeat(100_000))).toBe(false)
    expect(matchesPattern(`${'a*'.repeat(10_000)}b*c`, `${'a'.repeat(100_000)}b`)).toBe(false)
    expect(matchesPattern(pattern, `${'a'.repeat(100_000)}b`)).toBe(true)
  })
})

describe('excludeMatcher', () => {
  it('excludes what one of the patterns matches, also when asked again', () => {
    const isExcluded = excludeMatcher(['health', 'internal.*'])
    for (const _round of [1, 2]) {
      expect(isExcluded('health')).toBe(true)
      expect(isExcluded('internal.sweep')).toBe(true)
      expect(isExcluded('healthy')).toBe(false)
    }
  })

  it('excludes nothing without patterns', () => {
    expect(excludeMatcher([])('anything')).toBe(false)
  })

  it('stays right past as many names as it remembers', () => {
    const isExcluded = excludeMatcher(['*7'])
    for (let round = 0; round < 2; round++)
      for (let index = 0; index < 25_000; index++)
        if (isExcluded(`f${index}`) !== (index % 10 === 7)) expect.fail(`f${index}`)
  })
})
