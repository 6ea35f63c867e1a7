import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { FeatureTracerProvider } from '../../src/pipeline/index.js'
import { SCOPE_NAME } from '../../src/span/index.js'

const HOUR = 3_600_000

/** Both clocks under the test's hand. */
let wall = 0
let monotonic = 0
const pass = (millis: number) => {
  wall += millis
  monotonic += millis
}

beforeEach(() => {
  wall = Date.now()
  monotonic = performance.now()
  vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(wall))
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const tracer = new FeatureTracerProvider([]).getTracer(SCOPE_NAME)
const millisOf = ([seconds, nanos]: [number, number]) => seconds * 1000 + nanos / 1e6

function call(during: () => void): ReadableSpan {
  const span = tracer.startSpan('a')
  during()
  span.end()
  return span as unknown as ReadableSpan
}

describe('the clock of feature spans', () => {
  it.each([
    ['an hour back', -HOUR],
    ['a day ahead', 24 * HOUR],
    ['not at all', 0],
  ])('keeps durations right while the wall clock is set %s', (_what, jump) => {
    const { duration, startTime, endTime } = call(() => {
      pass(100)
      wall += jump
      pass(150)
    })
    console.log(
      `R13: wall clock set by ${jump / 1000} s during a call of 250 ms, which lasted ${millisOf(duration)} ms`,
    )
    expect(millisOf(duration)).toBeCloseTo(250, 3)
    expect(millisOf(endTime) - millisOf(startTime)).toBeCloseTo(250, 2)
  })

  it.each([-HOUR, 24 * HOUR])('follows a wall clock that was set by %d ms with the next call', (jump) => {
    call(() => pass(1))
    wall += jump
    expect(Math.abs(millisOf(call(() => pass(1)).startTime) - wall)).toBeLessThanOrEqual(3)
  })

  it('stays within two milliseconds of a wall clock that drifts', () => {
    for (let round = 0; round < 1000; round++) {
      pass(10)
      wall += 0.1
      expect(Math.abs(millisOf(call(() => {}).startTime) - wall)).toBeLessThanOrEqual(3)
    }
  })

  it('tells calls of one millisecond apart', () => {
    const first = call(() => {})
    pass(0.1)
    expect(millisOf(call(() => {}).startTime)).toBeGreaterThan(millisOf(first.startTime))
  })
})
