import { describe, expect, it } from 'vitest'
import { readableRows, stack } from '../../src/dashboard/charts/data.js'
import { compact, count, duration, percent, size } from '../../src/dashboard/format/numbers.js'
import { ago, dateTime, fromLocalInput, toLocalInput } from '../../src/dashboard/format/times.js'
import { parentIndex, shownRows } from '../../src/dashboard/views/trace/rows.js'
import { trace } from './fake/answers.js'
import { TRACE_ID, demoRecords } from './fake/records.js'

describe('numbers as people read them', () => {
  it.each([
    [0, '0 s'],
    [0.000_34, '340 µs'],
    [0.0124, '12.4 ms'],
    [0.9996, '1 s'],
    [1.254, '1.25 s'],
    [59.97, '1 min'],
    [125, '2 min 5 s'],
    [3599, '1 h'],
    [12_000, '3 h 20 min'],
  ])('a duration of %d s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })

  it.each([
    [100, '100 %'],
    [99.96, '99.9 %'],
    [99.668, '99.7 %'],
    [0.04, '<0.1 %'],
    [0, '0 %'],
    [33.333, '33.3 %'],
  ])('a rate of %d is %s', (rate, text) => {
    expect(percent(rate)).toBe(text)
  })

  it('counts and sizes have units and groups of digits', () => {
    expect([count(1_234_567), compact(99_999), compact(1_234_567)]).toEqual(['1,234,567', '99,999', '1.2M'])
    expect([size(812), size(999.7), size(1234), size(48_234_496)]).toEqual(['812 B', '1 kB', '1.23 kB', '48.2 MB'])
  })
})

describe('times', () => {
  it('are written in the zone that is chosen', () => {
    const at = Date.parse('2026-11-24T23:30:00Z')
    expect(dateTime(at, 'UTC')).toBe('24 Nov, 23:30')
    expect(dateTime(at, 'Asia/Tokyo')).toBe('25 Nov, 08:30')
    expect(ago(at, at + 3 * 60_000)).toBe('3 min ago')
    expect(dateTime(Number.NaN, 'UTC')).toBe('–')
  })

  it.each(['UTC', 'America/New_York', 'Asia/Kathmandu', 'Europe/Berlin', 'Pacific/Apia'])(
    'go through an input and back (%s), also near a change of clocks',
    (zone) => {
      for (let at = Date.parse('2026-10-20T00:00Z'); at < Date.parse('2026-11-05T00:00Z'); at += 10_800_000) {
        const text = toLocalInput(at, zone)
        expect(toLocalInput(fromLocalInput(text, zone), zone)).toBe(text)
      }
    },
  )

  it('are no times when nothing is typed', () => {
    expect(fromLocalInput('', 'UTC')).toBeNaN()
  })
})

describe('charts', () => {
  it('stack each series upon those before it, nothing counting as none', () => {
    const series = [
      { label: 'a', tone: 'accent', values: [1, null, 3] },
      { label: 'b', tone: 'second', values: [10, 20, null] },
    ] as const
    expect(stack(series)).toEqual([
      [1, 0, 3],
      [11, 20, 3],
    ])
    const data = { xLabel: 'x', x: [0, 1, 2], series, formatX: String, format: (value: number) => `${value} ms` }
    expect(readableRows(data)[1]).toEqual(['1', '–', '20 ms'])
  })
})

describe('the rows of a trace', () => {
  const records = trace(demoRecords(), TRACE_ID)?.records ?? []
  const names = (collapsed: readonly number[]): string[] =>
    shownRows(records, new Set(collapsed.map((index) => records[index]?.record_id ?? ''))).map(
      ({ record }) => record.feature_name,
    )

  it('leave out what lies inside those that are closed', () => {
    expect(names([]).length).toBe(8)
    expect(names([1])).toEqual([
      'answer_question',
      'search_documents',
      'chat_completion',
      'chat_completion',
      'run_command',
      'render_page',
    ])
    expect(names([0])).toEqual(['answer_question'])
    expect(names([0, 1])).toEqual(['answer_question'])
  })

  it('know the row of their parent', () => {
    const rows = shownRows(records, new Set())
    expect(rows.map((_, index) => parentIndex(rows, index))).toEqual([-1, 0, 1, 1, 0, 0, 5, 0])
    expect(rows.map(({ inside }) => inside)).toEqual([7, 2, 0, 0, 0, 1, 0, 0])
  })
})
