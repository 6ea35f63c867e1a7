import { type Span, SpanStatusCode } from '@opentelemetry/api'
import { FeatureStatus, type RecordDraft, replaceUserId } from '../record/index.js'
import { ATTR_ERROR_MESSAGE, ATTR_ERROR_TYPE } from '../span/index.js'
import type { Failure } from './failure.js'

/**
 * Error status, type and exception as the conventions say ("Recording errors"); a partial end is no error.
 *
 * @param draft of the call, with the pseudonym of its user
 * @param reason what was said of the end where nothing was thrown
 * @param userId as it was given; texts get the pseudonym in its place
 */
export function describeFailure(
  span: Span,
  draft: Pick<RecordDraft, 'status' | 'userId'>,
  failure: Failure | undefined,
  reason: string | undefined,
  userId: string | undefined,
): void {
  const clean = (text: string): string =>
    userId === undefined || draft.userId === null || draft.userId === userId
      ? text
      : replaceUserId(text, userId, draft.userId)
  const { status } = draft
  const text = clean(failure?.message ?? reason ?? '')
  if (status === FeatureStatus.PARTIAL) {
    if (text !== '') span.setAttribute(ATTR_ERROR_MESSAGE, text)
    return
  }
  span.setAttribute(ATTR_ERROR_TYPE, failure?.type ?? status)
  span.setStatus({ code: SpanStatusCode.ERROR, message: text })
  if (failure === undefined) return
  span.recordException({
    name: failure.type,
    message: text,
    get stack() {
      return clean(failure.stack() ?? '')
    },
  })
}
