import fc from 'fast-check'
import {
  completeRecord,
  FEATURE_CATEGORIES,
  FEATURE_STATUSES,
  type FeatureUsageRecord,
  type RecordInput,
} from '../../src/record/index.js'

/** A record of which a test says what matters to it. */
export function record(given: Partial<RecordInput> = {}): FeatureUsageRecord {
  return completeRecord({
    featureName: 'search',
    category: 'other',
    status: 'success',
    sessionId: 'session-1',
    duration: 0.25,
    ...given,
  })
}

/** Few values of each kind, so that filters meet records. */
export const NAMES = ['search', 'export', 'Export', 'größe ✓', "it's"] as const
export const USERS = ['ada', 'grace', 'zoë'] as const
const FIRST_MICROS = Date.UTC(2026, 0, 1) * 1000

/** Milliseconds of one of ten days. */
export const someDay = fc.integer({ min: 0, max: 9 }).map((day) => Date.UTC(2026, 0, 1 + day))

/** Records with few names, users and days; ids and times are distinct or not, as it comes. */
export const someRecord: fc.Arbitrary<FeatureUsageRecord> = fc
  .record({
    recordId: fc.uuid({ version: 7 }),
    featureName: fc.constantFrom(...NAMES),
    category: fc.constantFrom(...FEATURE_CATEGORIES),
    status: fc.constantFrom(...FEATURE_STATUSES),
    duration: fc.oneof(fc.constantFrom(0, 0.5, 2), fc.double({ min: 0, max: 100, noNaN: true })),
    day: fc.integer({ min: 0, max: 9 }),
    micros: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 86_399_999_999 })),
    inputSize: fc.nat(),
    outputSize: fc.nat({ max: 2000 }),
    userId: fc.option(fc.constantFrom(...USERS)),
    errorMessage: fc.option(fc.constantFrom('boom', 'timed out')),
    iterations: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ day, micros, ...rest }) => {
    const start = FIRST_MICROS + day * 86_400_000_000 + micros
    return completeRecord({ ...rest, sessionId: 's', metadata: {}, startTime: start / 1000 })
  })
