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
 * The context in which a feature is the active one: its span where it has one to show, its feature, and all else from
 * the context around it. It copies no map, and one inside another links to the context around both, so that recursion
 * does not make lookups slow.
 */
export abstract class FeatureContext implements Context {
  readonly #around: Context
  readonly #showsSpan: boolean

  /** @param showsSpan whether the active span is the feature's; else it stays what it is */
  constructor(parent: Context, showsSpan: boolean) {
    this.#around = parent instanceof FeatureContext && (showsSpan || !parent.#showsSpan) ? parent.#around : parent
    this.#showsSpan = showsSpan
  }

  /** What code in this context talks to. */
  protected abstract feature(): ActiveFeature
  /** Asked for only where the span is shown. */
  protected abstract activeSpan(): Span | undefined

  getValue(key: symbol): unknown {
    if (key === FEATURE_KEY) return this.feature()
    return key === SPAN_KEY && this.#showsSpan ? this.activeSpan() : this.#around.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#plain().setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.#plain().deleteValue(key)
  }

  #plain(): Context {
    const withFeature = this.#around.setValue(FEATURE_KEY, this.feature())
    return this.#showsSpan ? withFeature.setValue(SPAN_KEY, this.activeSpan()) : withFeature
  }
}

/** The feature of the innermost tracked call around this code, or undefined outside of any. */
export function activeFeature(): ActiveFeature | undefined {
  return context.active().getValue(FEATURE_KEY) as ActiveFeature | undefined
}
