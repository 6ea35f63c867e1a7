import { excludeMatcher, type Settings } from '../config/index.js'
import { FeatureStatus, type RecordDraft } from '../record/index.js'
import { ATTR_NAME, type FinishedSpan, type Promotion, statusOf } from '../span/index.js'

/** Whether a finished span is a feature, or was made one by a rule, and the settings want it kept. */
export function spanSelector(settings: Settings): (span: FinishedSpan, promotion?: Promotion) => boolean {
  if (!settings.enabled) return () => false
  const isExcluded = excludeMatcher(settings.exclude)
  const { failuresOnly, minDuration } = settings
  return (span, promotion) => {
    const name = promotion?.featureName ?? span.attributes[ATTR_NAME]
    if (typeof name !== 'string' || isExcluded(name)) return false
    if (minDuration > 0 && span.duration[0] + span.duration[1] / 1e9 < minDuration) return false
    return !failuresOnly || statusOf(span, promotion) !== FeatureStatus.SUCCESS
  }
}

/** The same for a call of our own that has no span; excluded features do not come so far. */
export function draftSelector(settings: Settings): (draft: RecordDraft) => boolean {
  const { failuresOnly, minDuration } = settings
  return (draft) => draft.duration >= minDuration && (!failuresOnly || draft.status !== FeatureStatus.SUCCESS)
}
