import { describe, expect, it } from 'vitest'
import { latencyBars } from '../../src/cli/output/latency.js'
import { barText } from '../../src/cli/output/progress.js'
import { sparkline } from '../../src/cli/output/sparkline.js'
import { parseSpan } from '../../src/cli/time-option.js'
import { changeText } from '../../src/cli/trend.js'
import { isZone, parseInZone, zonedTime } from '../../src/cli/zone.js'
import { addRows, cli, emptyFile, originalFile } from './helpers.js'

describe('bars', () => {
  it('of time go from the first with calls to the last, by 1, 2 and 5', () => {
    const bars = latencyBars([
      { seconds: 0.0009, calls: 2 },
      { seconds: 0.0012, calls: 3 },
      { seconds: 0.03, calls: 1 },
    ])
    expect(bars).toEqual([
      { upTo: 0.001, calls: 2 },
      { upTo: 0.002, calls: 3 },
      { upTo: 0.005, calls: 0 },
      { upTo: 0.01, calls: 0 },
      { upTo: 0.02, calls: 0 },
      { upTo: 0.05, calls: 1 },
    ])
    expect(latencyBars([])).toEqual([])
    expect(latencyBars([{ seconds: 0, calls: 5 }])).toEqual([{ upTo: 1e-6, calls: 5 }])
  })

  it('of numbers are as high as they are large', () => {
    expect(sparkline([0, 1, 4, 8])).toBe(' ▁▄█')
    expect(sparkline([0, 0])).toBe('  ')
    expect(barText('Copying', 1, 2)).toBe('Copying [############------------] 50 %')
  })
})

describe('a trend', () => {
  it.each([
    [10, 5, '+100 %'],
    [5, 10, '-50 %'],
    [0, 10, '-100 %'],
    [10, 10, '0 %'],
    [10, 0, 'new'],
    [0, 0, '–'],
  ])('of %d calls after %d is %s', (calls, before, text) => {
    expect(changeText({ calls, before, parts: [] })).toBe(text)
  })

  it('compares the period with the one before', async () => {
    const at = (hour: string) => `2026-11-24T${hour}:00:00.000000+00:00`
    const hours = ['01', '02', '05', '06', '07']
    const path = addRows(
      emptyFile(),
      hours.map((hour) => ({ start_time: at(hour) })),
    )
    const argv = ['list-features', '--json', '--since', at('04'), '--until', at('08'), '--db-path', path]
    expect(JSON.parse((await cli(argv)).stdout)).toMatchObject([
      { usage_count: 3, period_calls: 3, previous_calls: 2, change: 50, period_parts: [0, 1, 1, 1] },
    ])
  })
})

describe('an empty period', () => {
  it('says why it is empty', async () => {
    const path = originalFile()
    const none = await cli(['list-features', '--since', '2020-01-01', '--until', '2020-02-01', '--db-path', path])
    expect(none).toMatchObject({ code: 0, stdout: `No calls in ${path} match: since=2020-01-01, until=2020-02-01\n` })
    const stats = await cli(['feature-stats', 'divide', '--until', '2020-02-01', '--db-path', path])
    expect(stats.code).toBe(1)
    expect(stats.stderr).toMatch(
      /has no calls in .* with until=2020-02-01\nhint: it has 40 in all, the last one at 2026-11-24T/,
    )
  })

  it('of statistics whose records are gone says so', async () => {
    const path = originalFile()
    expect((await cli(['cleanup', '--max-rows', '0', '--yes', '--db-path', path])).code).toBe(0)
    const { stdout } = await cli(['feature-stats', 'divide', '--db-path', path])
    expect(stdout).toContain('What went wrong (the latest 0 of 10: their records were removed, their statistics stay)')
    expect((await cli(['list-features', '--limit', '1', '--db-path', path])).stdout).toMatch(
      /hash_text +file_operation +60/,
    )
  })
})

describe('time zones', () => {
  it('are those of the system', () => {
    expect(['UTC', 'Europe/Berlin', 'Asia/Kolkata'].map(isZone)).toEqual([true, true, true])
    expect(['', 'Mars/Base', 'Berlin'].map(isZone)).toEqual([false, false, false])
  })

  it.each([
    ['2026-07-01T12:00', 'Europe/Berlin', '2026-07-01T10:00:00Z'],
    ['2026-12-01', 'Europe/Berlin', '2026-11-30T23:00:00Z'],
    ['2026-07-01 12:00:30', 'Asia/Kolkata', '2026-07-01T06:30:30Z'],
    ['2026-07-01T12:00Z', 'Asia/Kolkata', '2026-07-01T12:00:00Z'],
    ['2026-07-01T12:00+02:00', 'Asia/Kolkata', '2026-07-01T10:00:00Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
  ])('%s in %s is %s', (text, zone, utc) => {
    expect(parseInZone(text, zone)).toBe(Date.parse(utc) * 1000)
  })

  it('show in tables, and are refused where there is none such', async () => {
    expect(zonedTime(0, 'Asia/Tokyo')).toBe('1970-01-01 09:00:00')
    expect(parseInZone('soon', 'UTC')).toBeUndefined()
    expect((await cli(['list-features', '--time-zone', 'Mars/Base'])).stderr).toContain('Give a time zone such as')
  })
})

describe('lengths of time', () => {
  it('have a unit', () => {
    expect(['10s', '1.5m', '24h', '7d'].map(parseSpan)).toEqual([10_000, 90_000, 86_400_000, 604_800_000])
    expect(['', '10', '0s', '-1h', '1y'].map(parseSpan)).toEqual(Array.from({ length: 5 }, () => undefined))
  })
})
