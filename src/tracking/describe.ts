import { type Span, SpanStatusCode } from '@opentelemetry/api'
import { FeatureStatus } from '../record/index.js'
import { ATTR_ERROR_MESSAGE, ATTR_ERROR_TYPE } from '../span/index.js'
import type { CallDetails } from './call-details.js'
import type { Failure } from './failure.js'

/**
 * Error status, type and exception as the conventions say ("Recording errors"); a partial end is no error.
 *
 * @param said what the code itself said of the end
 * @param clean takes the user's id out of a text
 */
export function describeFailure(
  span: Span,
  status: FeatureStatus,
  failure: Failure | undefined,
  said: CallDetails | undefined,
  clean: (text: string) => string,
): void {
  const text = clean(failure?.message ?? said?.errorMessage ?? '')
  if (status === FeatureStatus.PARTIAL) {
    if (text !== '') span.setAttribute(ATTR_ERROR_MESSAGE, text)
    return
  }
  span.setAttribute(ATTR_ERROR_TYPE, said?.errorType ?? failure?.type ?? status)
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
