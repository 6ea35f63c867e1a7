import { describe, expect, it } from 'vitest'
import {
  briefLocalTime,
  durationText,
  grouped,
  localTime,
  percentText,
  scoreText,
  sizeText,
  userText,
} from '../../src/cli/output/format.js'
import { NOW } from './helpers.js'

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [0.0000004, '0.4 µs'],
    [0.0000314, '31.4 µs'],
    [0.000412, '412 µs'],
    [0.0009994, '999 µs'],
    [0.00099996, '1.0 ms'],
    [0.0032, '3.2 ms'],
    [0.0999, '99.9 ms'],
    [0.09996, '100 ms'],
    [0.9996, '1.00 s'],
    [1.25, '1.25 s'],
    [9.996, '10.0 s'],
    [59.94, '59.9 s'],
    [59.96, '1 m 00 s'],
    [125, '2 m 05 s'],
    [3599.6, '1 h 00 m'],
    [11_220, '3 h 07 m'],
    [86_399, '1 d 00 h'],
    [187_200, '2 d 04 h'],
    [-0.0032, '-3.2 ms'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%d s is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text)
  })
})

describe('percentText', () => {
  it.each([
    [0, '0.0 %'],
    [0.01, '0.1 %'],
    [75, '75.0 %'],
    [99.99, '99.9 %'],
    [100, '100.0 %'],
  ])('%d is %s', (percent, text) => {
    expect(percentText(percent)).toBe(text)
  })
})

describe('sizeText', () => {
  it.each([
    [0, '0 B'],
    [4.775, '5 B'],
    [999.4, '999 B'],
    [999.6, '1.0 kB'],
    [2000, '2.0 kB'],
    [123_456, '123 kB'],
    [999_960, '1.0 MB'],
    [5e9, '5.0 GB'],
    [5e12, '5.0 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text)
  })
})

describe('times', () => {
  it('shows a time in the zone of the process', () => {
    expect(localTime('2026-11-24T16:06:15.604025')).toBe('2026-11-24 16:06:15')
    expect(localTime(new Date(2026, 10, 24, 7, 8, 9).toISOString())).toBe('2026-11-24 07:08:09')
  })

  it('shows what is no time as it is, made safe', () => {
    expect(localTime('soon\u001b[2J')).toBe(String.raw`soon\x1b[2J`)
    expect(localTime(null)).toBe('–')
  })

  it('leaves out the year when it is this one, else the seconds', () => {
    expect(briefLocalTime('2026-11-24T16:06:15', NOW)).toBe('11-24 16:06:15')
    expect(briefLocalTime('2025-11-24T16:06:15', NOW)).toBe('2025-11-24 16:06')
    expect(briefLocalTime(null, NOW)).toBe('–')
  })
})

describe('other values', () => {
  it('groups the digits of counts', () => {
    expect([7, 999, 1000, 11_400_000].map(grouped)).toEqual(['7', '999', '1,000', '11,400,000'])
  })

  it('gives scores two decimals', () => {
    expect([0.7192, 1, 0, null].map(scoreText)).toEqual(['0.72', '1.00', '0.00', '–'])
  })

  it('shortens pseudonyms and nothing else', () => {
    expect(userText('3fa9c1d2'.repeat(8))).toBe('3fa9c1d2…')
    expect(userText('ada')).toBe('ada')
    expect(userText('a\nb')).toBe(String.raw`a\nb`)
    expect(userText(null)).toBe('–')
  })
})
