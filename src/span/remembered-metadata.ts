import type { Promotion } from './rules/rule.js'

/** Features whose metadata is remembered; an application has some dozens. */
const MAX_FEATURES = 1000
/** Longer texts are not kept, with the names of their features. */
const MAX_LENGTH = 2000

interface Remembered {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly parentFeature: string | undefined
  readonly scope: string | undefined
  readonly text: string
}

/**
 * The JSON text of the last metadata of each promoted feature. What a rule keeps repeats from span to span, such as the
 * route, the server and the status of a request: to compare it costs a tenth of writing it anew, and the same text needs
 * no encoding again on its way to the store.
 */
export class RememberedMetadata {
  readonly #byFeature = new Map<string, Remembered>()

  /** The text, where the last metadata of the feature was the same. */
  find({ featureName, metadata, parentFeature }: Promotion, scope: string | undefined): string | undefined {
    const last = this.#byFeature.get(featureName)
    if (last === undefined || last.parentFeature !== parentFeature || last.scope !== scope) return undefined
    let entries = 0
    for (const key in metadata) {
      if (metadata[key] !== last.metadata[key]) return undefined
      entries++
    }
    for (const _ in last.metadata) entries--
    return entries === 0 ? last.text : undefined
  }

  /** @param text of metadata that has only texts, numbers and booleans, none of which was replaced */
  keep({ featureName, metadata, parentFeature }: Promotion, scope: string | undefined, text: string): void {
    if (text.length + featureName.length > MAX_LENGTH) return
    if (this.#byFeature.size >= MAX_FEATURES) this.#byFeature.clear()
    this.#byFeature.set(featureName, { metadata, parentFeature, scope, text })
  }
}
