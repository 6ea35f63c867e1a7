import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainCopy, shorten } from '../../src/record/index.js'
import { HOSTILE, ran } from '../support/hostile.js'

const isSmall = (value: unknown) => JSON.stringify(value).length < 1000

describe('plainCopy', () => {
  it('of plain data is the same data, and a copy', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }).filter(isSmall), (value) => {
        const copy = plainCopy(value, 1000)
        expect(copy).toStrictEqual(value)
        if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value)
      }),
    )
  })

  it.each(HOSTILE)('neither throws nor runs code for %s, and JSON takes what it makes', (_what, make) => {
    const value = make()
    ran.length = 0
    const text = JSON.stringify(plainCopy({ value }, 1000))
    expect(ran).toEqual([])
    expect(JSON.stringify(JSON.parse(text))).toBe(text)
  })

  it('is bounded in depth, number and length, and JSON takes it, for any data', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withNullPrototype: true,
          withTypedArray: true,
          withSparseArray: true,
          withBoxedValues: true,
          maxDepth: 5,
        }),
        (value) => {
          const text = JSON.stringify(plainCopy(value, 50))
          expect(text).not.toContain('undefined')
          expect(() => JSON.parse(text) as unknown).not.toThrow()
        },
      ),
    )
  })

  it('says in brackets what JSON cannot say', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    expect(plainCopy(circle, 100)).toEqual({ self: '[circular]' })
    expect(
      plainCopy([() => {}, Symbol('s'), new Uint8Array(2), new ArrayBuffer(2), new Proxy({}, {}), 2n ** 300n], 100),
    ).toEqual(['[function]', '[symbol]', '[binary]', '[binary]', '[proxy]', '[large bigint]'])
    expect(plainCopy([Number.NaN, -Infinity, 7n, new Date(0), new Error('boom')], 100)).toEqual([
      'NaN',
      '-Infinity',
      '7',
      '1970-01-01T00:00:00.000Z',
      'boom',
    ])
    expect(
      plainCopy(
        new Map<unknown, unknown>([
          ['a', 1],
          [2, new Set(['b'])],
        ]),
        100,
      ),
    ).toEqual({ a: 1, 2: ['b'] })
    expect(plainCopy({ gone: undefined, none: null, list: [undefined] }, 100)).toEqual({ none: null, list: [null] })
  })

  it('may meet a value twice that is no circle', () => {
    const shared = { a: 1 }
    expect(plainCopy([shared, shared], 100)).toEqual([{ a: 1 }, { a: 1 }])
  })

  it('stops at a depth of 8, at 1000 values and at the longest text', () => {
    expect(JSON.stringify(plainCopy([[[[[[[[[[1]]]]]]]]]], 100))).toBe('[[[[[[[["[deep]"]]]]]]]]')
    const list = plainCopy(
      Array.from({ length: 5000 }, () => 0),
      100,
    ) as unknown[]
    expect(list).toHaveLength(1000)
    expect(list.at(-1)).toBe('[4001 more]')
    expect(plainCopy('x'.repeat(100), 10)).toBe('xxxxxxxxx…')
    expect(Object.keys(plainCopy({ ['k'.repeat(1000)]: 1 }, 5000) as object)[0]).toHaveLength(256)
  })

  it('keeps the keys __proto__ and constructor as own keys and leaves prototypes alone', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "constructor.prototype.polluted": 2}',
    )
    const copy = plainCopy(hostile, 100)
    expect(Object.keys(copy as object)).toEqual(['__proto__', 'constructor', 'constructor.prototype.polluted'])
    expect(JSON.stringify(copy)).toBe(JSON.stringify(hostile))
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('hands the filter each text and number with its path of keys', () => {
    const seen: string[] = []
    const filter = (key: string, text: string) => {
      seen.push(`${key}=${text}`)
      return text === 'secret' || text === '42' ? 'hidden' : text
    }
    expect(plainCopy({ user: { name: 'secret', tags: ['a', 42] }, count: 7 }, 100, filter)).toEqual({
      user: { name: 'hidden', tags: ['a', 'hidden'] },
      count: 7,
    })
    expect(seen).toEqual(['user.name=secret', 'user.tags=a', 'user.tags=42', 'count=7'])
  })
})

describe('shorten', () => {
  it('gives well-formed text of at most so many units', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 20 }), (text, max) => {
        const short = shorten(text, max)
        expect(short.length).toBeLessThanOrEqual(max)
        expect(short.isWellFormed()).toBe(true)
        if (text.length <= max) expect(short).toBe(text.toWellFormed())
      }),
    )
  })

  it('ends with an ellipsis where it cut, and never with half a character', () => {
    expect(shorten('abcdef', 4)).toBe('abc…')
    expect(shorten('😀😀😀', 4)).toBe('😀\ufffd…')
    expect(shorten('lone \ud800', 100)).toBe('lone \ufffd')
  })
})
