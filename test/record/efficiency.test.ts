import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calculateEfficiency } from '../../src/record/index.js'
import { ORIGINAL, sql } from '../support/original.js'

const duration = fc.double({ min: 0, minExcluded: true, max: 1e6, noNaN: true })
const outputSize = fc.nat({ max: 1e9 })
const iterations = fc.integer({ min: 1, max: 1e6 })

describe('calculateEfficiency', () => {
  it('is 0.5·d + 0.3·o + 0.2·i', () => {
    fc.assert(
      fc.property(duration, outputSize, iterations, (seconds, bytes, rounds) => {
        const d = Math.min(1, 10 / seconds)
        const o = Math.min(1, bytes / 1000)
        const i = Math.min(1, 1 / rounds)
        expect(calculateEfficiency(seconds, bytes, rounds)).toBeCloseTo(0.5 * d + 0.3 * o + 0.2 * i, 12)
      }),
    )
  })

  it.each([
    [10, 1000, 1, 1],
    [20, 1000, 1, 0.75],
    [10, 0, 1, 0.7],
    [10, 500, 1, 0.85],
    [10, 0, 4, 0.55],
    [1e9, 0, 1e9, 0],
  ])('of %d s, %d bytes and %d rounds is %d', (seconds, bytes, rounds, score) => {
    expect(calculateEfficiency(seconds, bytes, rounds)).toBeCloseTo(score, 7)
  })

  it.each([0, -1, Number.NaN])('is 1 for a duration of %d', (seconds) => {
    expect(calculateEfficiency(seconds, 0, 7)).toBe(1)
  })

  it('lies between 0 and 1 whatever it is given', () => {
    const any = fc.double()
    fc.assert(
      fc.property(any, any, any, (seconds, bytes, rounds) => {
        const score = calculateEfficiency(seconds, bytes, rounds)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('gives the scores that the Python original stored', () => {
    interface Scored {
      duration: number
      output_size: number
      iterations: number
      efficiency_score: number
    }
    const rows = sql<Scored>(ORIGINAL, 'SELECT duration, output_size, iterations, efficiency_score FROM feature_usage')
    expect(rows).toHaveLength(160)
    for (const row of rows)
      expect(calculateEfficiency(row.duration, row.output_size, row.iterations)).toBe(row.efficiency_score)
  })
})
