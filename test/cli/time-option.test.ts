import { describe, expect, it } from 'vitest'
import { parseMoment } from '../../src/cli/time-option.js'
import { NOW } from './helpers.js'

const HOUR = 3_600_000

describe('parseMoment', () => {
  it.each([
    ['30m', HOUR / 2],
    ['24h', 24 * HOUR],
    ['7d', 7 * 24 * HOUR],
    ['2w', 14 * 24 * HOUR],
    [' 1 H ', HOUR],
    ['0m', 0],
  ])('%s counts back from now', (text, back) => {
    expect(parseMoment(text, NOW)).toEqual({ text: text.trim(), millis: NOW - back })
  })

  it('reads ISO text, local where it has no offset', () => {
    expect(parseMoment('2026-11-24', NOW)?.millis).toBe(new Date(2026, 10, 24).getTime())
    expect(parseMoment('2026-11-24T14:55', NOW)?.millis).toBe(new Date(2026, 10, 24, 14, 55).getTime())
    expect(parseMoment('2026-11-24T14:55:00.5Z', NOW)?.millis).toBe(Date.UTC(2026, 10, 24, 14, 55, 0, 500))
    expect(parseMoment('2026-11-24 14:55+02:00', NOW)?.millis).toBe(Date.UTC(2026, 10, 24, 12, 55))
  })

  it.each([
    '',
    'yesterday',
    '7',
    '7y',
    '-7d',
    '1.5h',
    '24 hours',
    '2026-13-01',
    '2026-02-30',
    '999999w',
    '0000-01-01T00:00+23:00',
  ])('%j is no time', (text) => {
    expect(parseMoment(text, NOW)).toBeUndefined()
  })
})
