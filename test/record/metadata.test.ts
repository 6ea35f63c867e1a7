import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundMetadata, CUT_KEY, type Plain, plainCopy } from '../../src/record/index.js'
import { HOSTILE } from '../support/hostile.js'

type Metadata = Record<string, Plain>

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
const metadata = fc
  .dictionary(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.oneof(fc.string({ maxLength: 300, unit: 'grapheme' }), fc.jsonValue()),
    { maxKeys: 40 },
  )
  .map((value) => plainCopy(value, 10_000) as Metadata)

describe('boundMetadata', () => {
  it('is JSON of at most so many bytes; the empty object where not even two are allowed', () => {
    fc.assert(
      fc.property(metadata, fc.nat({ max: 2000 }), (value, maxBytes) => {
        const kept = boundMetadata(value, maxBytes)
        expect(bytes(kept)).toBeLessThanOrEqual(Math.max(2, maxBytes))
        expect(JSON.stringify(JSON.parse(JSON.stringify(kept)))).toBe(JSON.stringify(kept))
      }),
      { numRuns: 500 },
    )
  })

  it('leaves what fits as it is', () => {
    fc.assert(
      fc.property(metadata, (value) => {
        expect(boundMetadata(value, bytes(value))).toBe(value)
      }),
    )
  })

  it('keeps values whole or not at all, except texts, and names in _cut each key that it touched', () => {
    fc.assert(
      fc.property(metadata, fc.integer({ min: 400, max: 2000 }), (value, maxBytes) => {
        fc.pre(!(CUT_KEY in value) && bytes(value) > maxBytes)
        const kept = boundMetadata(value, maxBytes)
        fc.pre(CUT_KEY in kept)
        const cut = kept[CUT_KEY] as string[]
        const touched = Object.keys(value).filter(
          (key) => !Object.hasOwn(kept, key) || JSON.stringify(kept[key]) !== JSON.stringify(value[key]),
        )
        expect(cut.length).toBeGreaterThan(0)
        const more = /^(\d+) more$/.exec(cut.at(-1) as string)
        const named = more !== null && !touched.includes(cut.at(-1) as string) ? cut.slice(0, -1) : cut
        expect(touched.slice(0, named.length)).toEqual(named)
        expect(named.length + Number(more?.[1] ?? 0)).toBeGreaterThanOrEqual(touched.length)
        for (const key of Object.keys(kept))
          if (key !== CUT_KEY && typeof value[key] !== 'string') expect(kept[key]).toStrictEqual(value[key])
      }),
      { numRuns: 500 },
    )
  })

  it('shortens a long text to what fits, leaves out what has no room after it, and says so', () => {
    const kept = boundMetadata(
      { first: 1, long: 'ü'.repeat(500), list: Array.from({ length: 200 }, () => 7), last: true },
      200,
    )
    expect(kept).toEqual({
      first: 1,
      long: expect.stringMatching(/^ü+…$/) as string,
      [CUT_KEY]: ['long', 'list', 'last'],
    })
    expect(bytes(kept)).toBeGreaterThan(150)
  })

  it('names 20 keys at the most and counts the others', () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`key${index}`, ['x'.repeat(1000)]]),
    ) as Metadata
    const cut = boundMetadata(many, 1000)[CUT_KEY] as string[]
    expect(cut).toHaveLength(21)
    expect(cut.at(-1)).toBe('80 more')
  })

  it('keeps the key __proto__ as an own key where it cuts', () => {
    const value = JSON.parse(
      `{"__proto__": {"polluted": 1}, "constructor.prototype.x": 1, "long": "${'x'.repeat(1000)}"}`,
    ) as Metadata
    const kept = boundMetadata(value, 300)
    expect(Object.keys(kept)).toEqual(['__proto__', 'constructor.prototype.x', 'long', CUT_KEY])
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each(HOSTILE)('bounds the copy of %s', (_what, make) => {
    const copy = plainCopy({ before: 1, value: make(), after: 'x'.repeat(200) }, 1000) as Metadata
    for (const maxBytes of [0, 50, 150, 1000])
      expect(bytes(boundMetadata(copy, maxBytes))).toBeLessThanOrEqual(Math.max(2, maxBytes))
  })
})
