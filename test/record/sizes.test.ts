import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sizeOf, sizeOfAll } from '../../src/record/index.js'
import { deep, HOSTILE, ran } from '../support/hostile.js'

/** The nodes of plain data that a measure counts: every value below the outermost. */
function nodes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const items = Object.values(value)
  return items.length + items.reduce<number>((sum, item) => sum + nodes(item), 0)
}

/** Objects and lists that hold something. */
function containers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const items = Object.values(value)
  return (items.length > 0 ? 1 : 0) + items.reduce<number>((sum, item) => sum + containers(item), 0)
}

/** Bytes that JSON spends on escapes; sizes count the text itself. */
function escapes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(JSON.stringify(value)) - 2 - Buffer.byteLength(value)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (Array.isArray(value) ? 0 : escapes(key)) + escapes(item),
    0,
  )
}

const data = fc
  .jsonValue({ maxDepth: 6 })
  .filter((value) => typeof value === 'object' && value !== null && nodes(value) <= 256)

describe('sizeOf plain data', () => {
  it('is the bytes of its JSON text without escapes, and one more for each object or list that holds something', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(sizeOf(value)).toBe(Buffer.byteLength(JSON.stringify(value)) - escapes(value) + containers(value))
      }),
      { numRuns: 500 },
    )
  })

  it('is the JSON text and a byte or two for an ordinary argument', () => {
    const order = { id: 17, customer: 'Zoë', paid: true, note: null, items: [1, 2, 3] }
    expect(sizeOf(order) - Buffer.byteLength(JSON.stringify(order))).toBe(2)
  })

  it.each([
    ['', 0],
    ['abc', 3],
    ['größe ✓', 11],
    ['😀', 4],
    ['"\n', 2],
  ])('of the text %j is its UTF-8 bytes', (text, bytes) => {
    expect(sizeOf(text)).toBe(bytes)
  })

  it.each([0, -0, 7, 10, -1, 1.5, 1e-7, 1e21, 123_456_789, 1e9, 999_999_999.999, -0.001, true, false])(
    'of %j is its JSON text',
    (value) => {
      expect(sizeOf(value)).toBe(JSON.stringify(value).length)
    },
  )

  it('of any number is its JSON text, however many decimals it has', () => {
    const decimals = fc.tuple(fc.maxSafeInteger(), fc.nat(12)).map(([whole, places]) => whole / 10 ** places)
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.float(), decimals), (value) => {
        expect(sizeOf(value)).toBe(JSON.stringify(value).length)
      }),
      { numRuns: 2000 },
    )
  })

  it('counts what it meets twice once, whether it meets few objects or many', () => {
    for (const count of [3, 31, 32, 33, 60]) {
      const objects = Array.from({ length: count }, (_, index) => ({ id: index % 10 }))
      expect(sizeOf([...objects, ...objects])).toBe(count * 10 + 2 + count * 3)
    }
  })

  it.each([undefined, null, Symbol('s'), () => {}])('of %s is 0', (value) => {
    expect(sizeOf(value)).toBe(0)
  })

  it('of a bigint is its digits', () => {
    expect(sizeOf(-12_345n)).toBe(6)
    const digits = String(7n ** 5000n).length
    expect(Math.abs(sizeOf(7n ** 5000n) - digits)).toBeLessThan(digits / 100)
  })
})

describe('sizeOf what holds bytes', () => {
  const buffer = new ArrayBuffer(100)

  it.each([
    ['Buffer', Buffer.from('größe'), 7],
    ['Uint8Array', new Uint8Array(5), 5],
    ['Float64Array', new Float64Array(5), 40],
    ['BigInt64Array', new BigInt64Array(2), 16],
    ['a view of a part', new Uint8Array(buffer, 10, 20), 20],
    ['ArrayBuffer', buffer, 100],
    ['SharedArrayBuffer', new SharedArrayBuffer(12), 12],
    ['DataView', new DataView(buffer, 4), 96],
    ['Blob', new Blob(['größe', new Uint8Array(3)]), 10],
    ['File', new File(['abc'], 'a.txt'), 3],
  ])('is the bytes of %s', (_what, value, bytes) => {
    expect(sizeOf(value)).toBe(bytes)
  })

  it('counts them inside other data', () => {
    expect(sizeOf([new Uint8Array(1000), new Blob(['x'.repeat(500)])])).toBe(1504)
  })
})

describe('sizeOf collections', () => {
  it('takes a Map for the list of its entries and a Set for the list of its items', () => {
    const entries: [string, unknown][] = [
      ['a', 'bc'],
      ['list', [1, 2]],
    ]
    expect(sizeOf(new Map(entries))).toBe(sizeOf(entries))
    expect(sizeOf(new Map())).toBe(2)
    expect(sizeOf(new Set(['abc', 'd']))).toBe(sizeOf(['abc', 'd']))
    expect(sizeOf(new Set())).toBe(2)
  })

  it('takes a Date for its JSON text and an Error for its message', () => {
    const date = new Date(1.7e12)
    expect(sizeOf(date)).toBe(JSON.stringify(date).length)
    expect(sizeOf(new RangeError('boom'))).toBe(6)
  })

  it('estimates what is more than 256 values from those that it saw', () => {
    expect(sizeOf(Array.from({ length: 100_000 }, () => 'abc'))).toBe(100_000 * 6 + 2)
    expect(sizeOf(Array.from({ length: 10_000_000 }, () => 5))).toBe(2 * 10_000_000 + 2)
    expect(sizeOf(new Set(Array.from({ length: 1000 }, (_, index) => 1000 + index)))).toBe(1000 * 5 + 2)
  })

  it('counts a text of 100 MB by its characters', () => {
    expect(sizeOf('ü'.repeat(100_000_000))).toBe(100_000_000)
    expect(sizeOf('ü'.repeat(65_536))).toBe(131_072)
  })

  it('comes to an end at a depth of 100,000 and in a circle', () => {
    expect(sizeOf(deep(100_000))).toBeLessThan(1000)
    const circle: unknown[] = ['abc']
    circle.push(circle)
    expect(sizeOf(circle)).toBe(2 + 6 + 3)
  })
})

describe('sizeOf anything', () => {
  it.each(HOSTILE)('neither throws nor runs code for %s', (_what, make) => {
    const value = make()
    ran.length = 0
    const size = sizeOf(value)
    expect(ran).toEqual([])
    expect(Number.isFinite(size) && size >= 0).toBe(true)
    expect(sizeOfAll([value, value])).toBe(2 * size)
    expect(ran).toEqual([])
  })
})

describe('sizeOfAll', () => {
  it('is the sum, estimated above 256 arguments', () => {
    expect(sizeOfAll([])).toBe(0)
    expect(sizeOfAll(['ab', 7, null, new Uint8Array(4)])).toBe(7)
    expect(sizeOfAll(Array.from({ length: 1000 }, () => 'ab'))).toBe(2000)
  })
})
