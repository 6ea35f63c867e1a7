/** The instrumentation scope of every feature span. */
export const SCOPE_NAME = '@cloudcurio/feature-tracking'

/** Attribute names of a feature span. */
export const ATTR_NAME = 'cloudcurio.feature.name'
export const ATTR_CATEGORY = 'cloudcurio.feature.category'
export const ATTR_STATUS = 'cloudcurio.feature.status'
export const ATTR_RECORD_ID = 'cloudcurio.feature.record_id'
export const ATTR_INPUT_SIZE = 'cloudcurio.feature.input.size'
export const ATTR_OUTPUT_SIZE = 'cloudcurio.feature.output.size'
export const ATTR_ITERATIONS = 'cloudcurio.feature.iterations'
export const ATTR_EFFICIENCY = 'cloudcurio.feature.efficiency'
/** Before each key of a call's metadata. */
export const ATTR_METADATA_PREFIX = 'cloudcurio.feature.metadata.'

/** Semantic conventions, registry/attributes: session, user, error, exception. */
export const ATTR_SESSION_ID = 'session.id'
export const ATTR_USER_HASH = 'user.hash'
export const ATTR_USER_ID = 'user.id'
export const ATTR_ENDUSER_ID = 'enduser.id'
export const ATTR_ERROR_TYPE = 'error.type'
export const ATTR_ERROR_MESSAGE = 'error.message'
export const EVENT_EXCEPTION = 'exception'
export const ATTR_EXCEPTION_TYPE = 'exception.type'
export const ATTR_EXCEPTION_MESSAGE = 'exception.message'
export const ATTR_EXCEPTION_STACKTRACE = 'exception.stacktrace'

/**
 * What a span gets at its start, for samplers and other processors; the SDK checks and copies each several times. The
 * names are written out where objects are made: V8 builds such literals several times faster than objects with computed
 * keys.
 */
export type StartAttributes = Record<typeof ATTR_NAME, string> &
  Partial<Record<typeof ATTR_USER_HASH | typeof ATTR_USER_ID, string>>
