import { describe, expect, it } from 'vitest'
import { closeNames, didYouMean } from '../../src/cli/suggest.js'

const NAMES = ['hash_text', 'hash_file', 'divide', 'run_crew', 'ai']

describe('closeNames', () => {
  it.each([
    ['hahs_text', ['hash_text']],
    ['HASH_TEXT', ['hash_text']],
    ['hash', ['hash_file', 'hash_text']],
    ['crew', ['run_crew']],
    ['devide', ['divide']],
    ['al', ['ai']],
    ['frobnicate', []],
    ['x', []],
  ])('for %s gives %j', (wanted, expected) => {
    expect(closeNames(wanted, NAMES)).toEqual(expected)
  })

  it('gives a name that is stored under several categories once', () => {
    expect(closeNames('divid', ['divide', 'divide'])).toEqual(['divide'])
  })
})

describe('didYouMean', () => {
  it('asks for one or for one of several', () => {
    expect([[], ['a'], ['a', 'b']].map(didYouMean)).toEqual([undefined, 'did you mean a?', 'did you mean one of a, b?'])
  })
})
