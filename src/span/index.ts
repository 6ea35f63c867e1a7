export * from './attributes.js'
export { wallClock } from './clock.js'
export { setEndAttributes } from './end-attributes.js'
export { endHandingOver, handedOver } from './handed-over.js'
export { isTimeoutType } from './errors.js'
export { hasIds } from './ids.js'
export { LATE_SPANS, type LateSpans, lateSpansOf, type LateSpanStart } from './late-spans.js'
export { metadataFromAttribute, metadataToAttribute } from './metadata-attribute.js'
export { type FinishedSpan, scopeNameOf } from './readable-span.js'
export type { MappingOptions } from './mapping-options.js'
export { RememberedMetadata } from './remembered-metadata.js'
export {
  type DecidePromotion,
  draftFromSpan,
  promotionOf,
  recordFromSpan,
  setPromotion,
  statusOf,
} from './to-record.js'
export { saySeen, startSpanSeen, wasSpanSeen } from './seen-spans.js'
export * from './rules/index.js'
export { extractTrace, injectTrace } from './trace-context.js'
