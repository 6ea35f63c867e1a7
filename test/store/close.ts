import { expect } from 'vitest'

/** Percentiles come from histograms whose buckets are 1 % wide to either side. */
const PERCENTILE = /^p\d+Duration$/

/**
 * Expects equal answers, but for the last digits of sums, whose order is not said, and for percentiles, which may be
 * off by 1 %.
 */
export function expectClose(actual: unknown, expected: unknown): void {
  expect(rounded(nearly(actual, expected))).toEqual(rounded(expected))
}

/** The answer with percentiles as they are expected, where they are near enough. */
function nearly(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(expected))
    return actual.map((value, index) => nearly(value, expected[index]))
  if (!isObject(actual) || !isObject(expected)) return actual
  return Object.fromEntries(
    Object.entries(actual).map(([key, value]) => [
      key,
      PERCENTILE.test(key) && isNear(Number(value), Number(expected[key])) ? expected[key] : value,
    ]),
  )
}

function isNear(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= 0.01 * Math.max(Math.abs(actual), Math.abs(expected)) + 1e-9
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, given: unknown) => (typeof given === 'number' ? Number(given.toPrecision(9)) : given)),
  )
}
