import { excludeMatcher, type Settings } from '../config/index.js'
import { FeatureStatus } from '../record/index.js'
import { ATTR_NAME, type FinishedSpan, statusOf } from '../span/index.js'

/** Whether a finished span is a feature that the settings want kept. */
export function spanSelector(settings: Settings): (span: FinishedSpan) => boolean {
  if (!settings.enabled) return () => false
  const isExcluded = excludeMatcher(settings.exclude)
  const { failuresOnly, minDuration } = settings
  return (span) => {
    const name = span.attributes[ATTR_NAME]
    if (typeof name !== 'string' || isExcluded(name)) return false
    if (minDuration > 0 && span.duration[0] + span.duration[1] / 1e9 < minDuration) return false
    return !failuresOnly || statusOf(span) !== FeatureStatus.SUCCESS
  }
}
