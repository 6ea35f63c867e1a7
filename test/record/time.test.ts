import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizeTimeText, parseTimeText, timeText } from '../../src/record/index.js'

const YEAR_1970 = 0
const YEAR_2100 = Date.UTC(2100, 0, 1) * 1000
const micros = fc.integer({ min: YEAR_1970, max: YEAR_2100 })

describe('timeText', () => {
  it('is fixed-width UTC text with microseconds', () => {
    expect(timeText(Date.UTC(2026, 10, 24, 14, 55) * 1000 + 123_456)).toBe('2026-11-24T14:55:00.123456+00:00')
    expect(timeText(0)).toBe('1970-01-01T00:00:00.000000+00:00')
    expect(timeText(-1)).toBe('1969-12-31T23:59:59.999999+00:00')
  })

  it('says the time that Date says, to the millisecond', () => {
    fc.assert(
      fc.property(micros, (time) => {
        const text = timeText(time)
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/)
        expect(text.slice(0, 23)).toBe(new Date(Math.floor(time / 1000)).toISOString().slice(0, 23))
      }),
    )
  })

  it('is read back as the same microsecond', () => {
    fc.assert(
      fc.property(micros, (time) => {
        expect(parseTimeText(timeText(time))).toBe(time)
      }),
    )
  })

  it('sorts as text in the order of time', () => {
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        expect(compare(timeText(a), timeText(b))).toBe(Math.sign(a - b))
      }),
    )
  })

  it.each([Number.NaN, Infinity, Date.UTC(10_000, 0, 1) * 1000, -1e17])(
    'refuses %d, which has no such text',
    (time) => {
      expect(() => timeText(time)).toThrow(RangeError)
    },
  )
})

describe('parseTimeText', () => {
  it('reads any offset', () => {
    const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 })
    fc.assert(
      fc.property(micros, minutes, fc.constantFrom(':', ''), (time, offset, colon) => {
        const local = timeText(time + offset * 60_000_000).slice(0, 26)
        expect(parseTimeText(`${local}${offsetText(offset, colon)}`)).toBe(time)
      }),
    )
  })

  it.each([
    ['2026-11-24T14:55:00Z', '2026-11-24T14:55:00.000000+00:00'],
    ['2026-11-24t14:55:00z', '2026-11-24T14:55:00.000000+00:00'],
    ['2026-11-24 14:55:00.5+00:00', '2026-11-24T14:55:00.500000+00:00'],
    ['2026-11-24T14:55:00,123+00', '2026-11-24T14:55:00.123000+00:00'],
    ['2026-11-24T14:55:00.123456789Z', '2026-11-24T14:55:00.123456+00:00'],
    ['2026-11-24T14:55+01:30', '2026-11-24T13:25:00.000000+00:00'],
    ['  2026-11-24T14:55:00-0800 ', '2026-11-24T22:55:00.000000+00:00'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000+00:00'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000000+00:00'],
  ])('reads %j', (text, utc) => {
    expect(timeText(parseTimeText(text) as number)).toBe(utc)
  })

  it.each([
    '',
    'now',
    '2026',
    '2026-13-01',
    '2026-02-29T00:00:00Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T14:60:00Z',
    '14:55',
    '24.11.2026',
  ])('knows no time %j', (text) => {
    expect(parseTimeText(text)).toBeUndefined()
  })
})

describe('normalizeTimeText', () => {
  it('leaves its own form and what is no time, and makes UTC of the rest', () => {
    expect(normalizeTimeText('2026-11-24T14:55:00.123456+00:00')).toBe('2026-11-24T14:55:00.123456+00:00')
    expect(normalizeTimeText('yesterday')).toBe('yesterday')
    expect(normalizeTimeText('2026-11-24T14:55:00+02:00')).toBe('2026-11-24T12:55:00.000000+00:00')
  })
})

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function offsetText(minutes: number, colon: string): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${colon}${String(rest).padStart(2, '0')}`
}
