import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { createOtlpProcessor, type OtlpSpanProcessor } from '../../exporters/index.js'
import { ensureKey, excludeMatcher, type Settings } from '../config/index.js'
import { describeError, type EventCounter } from '../health/index.js'
import { PseudonymCache } from '../record/index.js'
import { ATTR_NAME, promotionOf } from '../span/index.js'
import { EXIT_TIMEOUT, watchEnd } from './process-end.js'
import { spanSelector } from './select.js'

/**
 * The processor that sends over OTLP what the settings and the standard variables say, or undefined where they ask for
 * nothing. What it waits to send is sent when the process ends. It never throws.
 */
export function otlpProcessor(
  settings: Settings,
  events: EventCounter,
  exitTimeout = EXIT_TIMEOUT,
): OtlpSpanProcessor | undefined {
  if (settings.otlp === 'off') return undefined
  try {
    const selects = settings.otlp === 'features' ? stored(settings) : allButExcluded(settings)
    const processor = createOtlpProcessor({ selects, pseudonymize: pseudonymsOf(settings), exitTimeout }, events)
    if (processor !== undefined) watchEnd()
    return processor
  } catch (error) {
    events.count('otlp_failed', `nothing is sent over OTLP: ${describeError(error)}`)
    return undefined
  }
}

/** The spans of which records are stored; FeatureSpanProcessor has seen them before. */
function stored(settings: Settings): (span: ReadableSpan) => boolean {
  const selects = spanSelector(settings)
  return (span) => selects(span, promotionOf(span))
}

/** Every span but those of features that nobody may hear of. */
function allButExcluded({ exclude }: Settings): (span: ReadableSpan) => boolean {
  const isExcluded = excludeMatcher(exclude)
  return ({ attributes }) => {
    const name = attributes[ATTR_NAME]
    return typeof name !== 'string' || !isExcluded(name)
  }
}

/** The same pseudonyms as in the file; its key is read when a span names somebody. */
function pseudonymsOf({ anonymize, dbPath }: Settings): ((userId: string) => string) | undefined {
  if (!anonymize) return undefined
  let cache: PseudonymCache | undefined
  return (userId) => (cache ??= new PseudonymCache(ensureKey(dbPath))).pseudonym(userId)
}
