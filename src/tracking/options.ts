import { FeatureCategory, requireCategory, requireFeatureName } from '../record/index.js'
import type { TrackOptions } from './types.js'

/** Options with a checked name and category. */
export type CheckedOptions<T> = T & { featureName: string; category: FeatureCategory }

/**
 * The options of a call from either form: name and category (and more options), or one object.
 * @throws TypeError or RangeError that names what is bad
 */
export function checkOptions<T extends Partial<TrackOptions>>(
  caller: 'trackFeature' | 'withFeature' | 'startCustomTracking',
  nameOrOptions: string | T,
  category?: FeatureCategory,
  more?: Partial<T>,
): CheckedOptions<T> {
  if (typeof nameOrOptions !== 'string' && (typeof nameOrOptions !== 'object' || nameOrOptions === null))
    throw new TypeError(
      `${caller} was given ${String(nameOrOptions)}: give a feature name, or an object with featureName and category`,
    )
  const given = (
    typeof nameOrOptions === 'string' ? { ...more, featureName: nameOrOptions, category } : { ...nameOrOptions }
  ) as T
  requireTimeout(given.timeout)
  requireSpan(given.span)
  for (const name of ['input', 'output', 'classify'] as const) requireFunction(name, given[name])
  return {
    ...given,
    featureName: requireFeatureName(given.featureName),
    category: requireCategory(given.category ?? FeatureCategory.OTHER),
  }
}

function requireTimeout(timeout: unknown): void {
  if (timeout === undefined || (typeof timeout === 'number' && timeout > 0)) return
  throw new RangeError(`timeout is ${String(timeout)}: give seconds, more than 0`)
}

function requireSpan(span: unknown): void {
  if (span === undefined || (typeof span === 'object' && span !== null)) return
  throw new TypeError(`span is ${span === null ? 'null' : typeof span}: give an object with kind, attributes or links`)
}

function requireFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return
  throw new TypeError(`${name} is ${typeof value}: give a function`)
}
