import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createRecordId, deriveRecordId } from '../../src/record/index.js'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits })
const traceId = hex(32)
const spanId = hex(16)
const anySpan = fc.tuple(traceId, spanId)
const millis = fc.double({ min: 0, max: 2 ** 48 - 1, noNaN: true })

describe('deriveRecordId', () => {
  it('is a UUIDv7 that holds the start in milliseconds', () => {
    fc.assert(
      fc.property(traceId, spanId, millis, (trace, span, start) => {
        const id = deriveRecordId(trace, span, start)
        expect(id).toMatch(UUID_V7)
        expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Math.floor(start))
      }),
    )
  })

  it('is the same for the same span', () => {
    fc.assert(
      fc.property(traceId, spanId, millis, (trace, span, start) => {
        expect(deriveRecordId(trace, span, start)).toBe(deriveRecordId(trace, span, start))
      }),
    )
  })

  it('sorts by start', () => {
    fc.assert(
      fc.property(
        anySpan,
        anySpan,
        fc.nat({ max: 2 ** 47 }),
        fc.integer({ min: 1, max: 1e9 }),
        (a, b, start, later) => {
          expect(deriveRecordId(...a, start) < deriveRecordId(...b, start + later)).toBe(true)
        },
      ),
    )
  })

  it('is distinct for 100,000 spans of one millisecond', () => {
    const random = randomBytes(24 * 100_000).toString('hex')
    const ids = new Set<string>()
    for (let at = 0; at < random.length; at += 48)
      ids.add(deriveRecordId(random.slice(at, at + 32), random.slice(at + 32, at + 48), 1.7e12))
    expect(ids.size).toBe(100_000)
  })

  it('is distinct for spans of one trace', () => {
    fc.assert(
      fc.property(
        traceId,
        fc.integer({ min: 0, max: 0xff_ffff }),
        fc.integer({ min: 1, max: 0xff }),
        (trace, low, more) => {
          const span = (value: number) => value.toString(16).padStart(16, '0')
          expect(deriveRecordId(trace, span(low), 0)).not.toBe(deriveRecordId(trace, span(low + more), 0))
        },
      ),
    )
  })
})

describe('deriveRecordId of a start before 1970', () => {
  it.each([-1, -0.5, -1e12])('takes %d ms for 1970, also as the first id of a process', async (start) => {
    vi.resetModules()
    const fresh = await import('../../src/record/ids.js')
    expect(fresh.deriveRecordId('a'.repeat(32), 'b'.repeat(16), start)).toMatch(
      /^00000000-0000-7aaa-[89ab]bbb-bbbbbbbbbbbb$/,
    )
  })
})

describe('createRecordId', () => {
  it('is a fresh UUIDv7 of now', () => {
    const before = Date.now()
    const id = createRecordId()
    const millisOfId = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
    expect(id).toMatch(UUID_V7)
    expect(millisOfId).toBeGreaterThanOrEqual(before)
    expect(millisOfId).toBeLessThanOrEqual(Date.now())
    expect(createRecordId(0)).not.toBe(createRecordId(0))
  })
})
