import type { SpanOptions } from '@opentelemetry/api'
import type { StartAttributes } from '../span/index.js'
import type { TrackingHost, TrackOptions } from './types.js'
import type { User } from './user.js'

/** What samplers and other processors may want to know at the start. */
export function startAttributes(featureName: string, user: User | undefined, host: TrackingHost): StartAttributes {
  const attributes: StartAttributes = {
    'cloudcurio.feature.name': featureName,
  }
  user?.describe(attributes, host)
  return attributes
}

/** How the span of a call starts, with what its options say of the span. */
export function spanStart(attributes: StartAttributes, span: TrackOptions['span']): SpanOptions {
  return span === undefined ? { attributes } : { ...span, attributes: { ...span.attributes, ...attributes } }
}
