import { describe, expect, it } from 'vitest'
import { nodeJson } from '../support/child.js'

/** Text without an offset is local time, as the original writes it. The zone of a process is fixed: each has its own. */
const PROGRAM = `
  import { localTimeText, parseTimeText, timeText } from './dist/src/record/index.js'
  const HOUR = 3_600_000_000
  const off = []
  // Every 13 hours and some, so that all hours of the day and both sides of every change of the clocks are met.
  for (let time = 0; time < Date.UTC(2100, 0, 1) * 1000; time += 13 * HOUR + 7_654_321) {
    const text = localTimeText(time)
    const back = parseTimeText(text)
    // An hour that the clocks repeat is taken for its first or its second pass; its text is the same.
    if (back !== time && !(Math.abs(back - time) <= HOUR && localTimeText(back) === text)) off.push([time, text, back])
  }
  const at = (text) => timeText(parseTimeText(text))
  console.log(JSON.stringify({ off, winter: at('2026-01-15T12:00:00.5'), summer: at('2026-07-15 12:00'), day: at('2026-07-15') }))
`

interface Answer {
  off: unknown[]
  winter: string
  summer: string
  day: string
}

describe('local time text', () => {
  it.each([
    [
      'America/New_York',
      '2026-01-15T17:00:00.500000+00:00',
      '2026-07-15T16:00:00.000000+00:00',
      '2026-07-15T04:00:00.000000+00:00',
    ],
    [
      'Asia/Kolkata',
      '2026-01-15T06:30:00.500000+00:00',
      '2026-07-15T06:30:00.000000+00:00',
      '2026-07-14T18:30:00.000000+00:00',
    ],
    ['UTC', '2026-01-15T12:00:00.500000+00:00', '2026-07-15T12:00:00.000000+00:00', '2026-07-15T00:00:00.000000+00:00'],
  ])('goes to the same instant and back in %s, 1970 to 2100', async (zone, winter, summer, day) => {
    expect(await nodeJson<Answer>(PROGRAM, { env: { TZ: zone } })).toEqual({ off: [], winter, summer, day })
  })
})
