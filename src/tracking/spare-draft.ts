import { FeatureCategory, FeatureStatus, type RecordDraft } from '../record/index.js'

/** A draft that is filled for one call after another: stores keep nothing of it, and to make one for each call costs. */
export class CallDraft implements RecordDraft {
  recordId: string | undefined = undefined
  featureName = ''
  category: FeatureCategory = FeatureCategory.OTHER
  status: FeatureStatus = FeatureStatus.SUCCESS
  // Fractions, so that V8 has a place for floating-point numbers in the object itself.
  duration = 0.5
  startMicros = 0.5
  endMicros = 0.5
  inputSize = 0
  outputSize = 0
  readonly metadataText = undefined
  userId: string | null = null
  sessionId = ''
  readonly errorMessage = null
  efficiencyScore = 0.5
  iterations = 0
  traceId: string | undefined = undefined
  spanId: string | undefined = undefined
  parentSpanId: string | undefined = undefined
  isIdDerived = false
}

let spare: CallDraft | undefined = new CallDraft()

/** A draft that nobody else uses until it is given back: a call may end while another's draft is on its way. */
export function takeDraft(): CallDraft {
  const draft = spare ?? new CallDraft()
  spare = undefined
  return draft
}

export function giveBackDraft(draft: CallDraft): void {
  spare = draft
}
