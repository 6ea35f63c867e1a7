import { type Context, context, createContextKey, type Span, trace } from '@opentelemetry/api'
import type { ActiveFeature } from './types.js'

const FEATURE_KEY = createContextKey('cloudcurio.feature')
const SPAN_KEY = spanKey()

/** The key under which the API keeps the active span: found by asking for the span of a context that tells its keys. */
function spanKey(): symbol {
  let key: symbol | undefined
  trace.getSpan({
    getValue: (asked) => {
      key = asked
      return undefined
    },
    setValue: () => context.active(),
    deleteValue: () => context.active(),
  })
  return key as symbol
}

/**
 * The context of a tracked call: its span, its feature, and all else from the context around it. It copies no map, and
 * a call inside a call links to the context around both, so that recursion does not make lookups slow.
 */
class FeatureContext implements Context {
  readonly #around: Context
  readonly #span: Span | undefined
  readonly #feature: ActiveFeature

  constructor(parent: Context, span: Span | undefined, feature: ActiveFeature) {
    this.#around =
      parent instanceof FeatureContext && (span !== undefined || parent.#span === undefined) ? parent.#around : parent
    this.#span = span
    this.#feature = feature
  }

  getValue(key: symbol): unknown {
    if (key === FEATURE_KEY) return this.#feature
    return key === SPAN_KEY && this.#span !== undefined ? this.#span : this.#around.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#plain().setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.#plain().deleteValue(key)
  }

  #plain(): Context {
    const withFeature = this.#around.setValue(FEATURE_KEY, this.#feature)
    return this.#span === undefined ? withFeature : withFeature.setValue(SPAN_KEY, this.#span)
  }
}

/** A context in which a call's feature is the active one. Without a span the active span stays what it is. */
export function featureContext(parent: Context, span: Span | undefined, feature: ActiveFeature): Context {
  return new FeatureContext(parent, span, feature)
}

/** The feature of the innermost tracked call around this code, or undefined outside of any. */
export function activeFeature(): ActiveFeature | undefined {
  return context.active().getValue(FEATURE_KEY) as ActiveFeature | undefined
}
