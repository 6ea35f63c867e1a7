import { describe, expect, it } from 'vitest'
import { jsonText } from '../../src/cli/output/json.js'
import { visible } from '../../src/cli/output/text.js'
import { measureFor } from '../../src/cli/output/width.js'

describe('visible', () => {
  it.each([
    ['line\nbreak\r\ttab', String.raw`line\nbreak\r\ttab`],
    ['\u001b[31mred\u001b[0m', String.raw`\x1b[31mred\x1b[0m`],
    ['\u001b]0;title\u0007', String.raw`\x1b]0;title\x07`],
    ['\u009b2J', String.raw`\x9b2J`],
    ['nul\0del\u007f', String.raw`nul\x00del\x7f`],
    ['gnp.\u202Efdp', String.raw`gnp.\u202efdp`],
    ['\u2066isolate\u2069', String.raw`\u2066isolate\u2069`],
    ['zero\u200Bwidth\uFEFF', String.raw`zero\u200bwidth\ufeff`],
    ['\u2028', String.raw`\u2028`],
    ['lone \uD800', String.raw`lone \ud800`],
    ['\u{E0001}', String.raw`\u{e0001}`],
  ])('makes %j visible', (text, expected) => {
    expect(visible(text)).toBe(expected)
  })

  it.each(['plain', 'unicode ✓ «name»', '漢字', 'é', '👩‍👩‍👧 family', 'می‌خواهم', String.raw`C:\temp`])(
    'leaves %s alone',
    (text) => {
      expect(visible(text)).toBe(text)
    },
  )
})

describe('jsonText', () => {
  it('is the same value, with nothing in it that a terminal obeys', () => {
    const value = { name: 'a\u001b[2J\u009b\u202e\u{e0001}\u007f✓' }
    const text = jsonText(value)
    expect(text).toBe(String.raw`{"name":"a\u001b[2J\u009b\u202e\udb40\udc01\u007f✓"}`)
    expect(JSON.parse(text)).toEqual(value)
  })
})

describe('measureFor', () => {
  it.each([
    ['abc', 3],
    ['412 µs', 6],
    ['unicode ✓', 9],
    ['漢字', 4],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🎉🎉', 4],
    ['', 0],
  ])('%s takes %d columns', async (text, width) => {
    expect((await measureFor([text])).widthOf(text)).toBe(width)
  })

  it.each([
    ['feature', 7, 'feature'],
    ['feature', 6, 'featu…'],
    ['one two', 5, 'one…'],
    ['漢字漢字', 8, '漢字漢字'],
    ['漢字漢字', 7, '漢字漢…'],
    ['漢字漢字', 6, '漢字…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['a👩‍👩‍👧b', 3, 'a…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('cuts %s to %d columns', async (text, width, expected) => {
    expect((await measureFor([text])).fit(text, width)).toBe(expected)
  })
})
