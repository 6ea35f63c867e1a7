import type { Span } from '@opentelemetry/api'
import { FeatureStatus, type RecordDraft } from '../record/index.js'
import { setEndAttributes } from '../span/index.js'
import { describeFailure } from './describe.js'
import type { Failure } from './failure.js'

/**
 * Ends the span of a call with what the call knows.
 *
 * @param reason what was said of the end where nothing was thrown
 * @param clean takes the user's id out of a text
 */
export function endSpan(
  span: Span,
  draft: RecordDraft,
  failure: Failure | undefined,
  reason: string | undefined,
  clean: (text: string) => string,
): void {
  if (span.isRecording()) {
    setEndAttributes(span, draft)
    if (draft.status !== FeatureStatus.SUCCESS) describeFailure(span, draft.status, failure, reason, clean)
  }
  span.end()
}
