import type { RecordDraft } from '@cloudcurio/feature-tracking/store'

/** Records of now, of some features. */
export function draftsOf(count: number): RecordDraft[] {
  const startMicros = Date.now() * 1000
  return Array.from({ length: count }, (_, index) => ({
    recordId: undefined,
    featureName: `feature ${index % 20}`,
    category: 'other',
    status: index % 50 === 0 ? 'failed' : 'success',
    duration: 0.001 * (index % 100),
    startMicros: startMicros + index,
    endMicros: startMicros + index + 1000,
    inputSize: 10,
    outputSize: 20,
    metadataText: undefined,
    userId: null,
    sessionId: 's',
    errorMessage: null,
    efficiencyScore: 0.5,
    iterations: 1,
  }))
}
