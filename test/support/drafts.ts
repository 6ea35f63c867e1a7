import type { RecordDraft } from '../../src/record/index.js'

/** A draft of which a test says what matters to it. */
export function draft(given: Partial<RecordDraft> = {}): RecordDraft {
  const startMicros = given.startMicros ?? Date.now() * 1000
  return {
    recordId: undefined,
    featureName: 'search',
    category: 'other',
    status: 'success',
    duration: 0.25,
    startMicros,
    endMicros: startMicros + 250_000,
    inputSize: 3,
    outputSize: 4,
    metadataText: undefined,
    userId: null,
    sessionId: 'session-1',
    errorMessage: null,
    efficiencyScore: 0.5,
    iterations: 1,
    ...given,
  }
}

/** The source of a function `draft(given)` for a child's program. */
export const DRAFT_SOURCE = `
  const draft = (given) => ({
    recordId: undefined, featureName: 'search', category: 'other', status: 'success', duration: 0.25,
    startMicros: Date.now() * 1000, endMicros: Date.now() * 1000 + 250000, inputSize: 3, outputSize: 4,
    metadataText: undefined, userId: null, sessionId: 'session-1', errorMessage: null, efficiencyScore: 0.5, iterations: 1, ...given,
  })`
