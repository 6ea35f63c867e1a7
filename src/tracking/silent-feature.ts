import type { Context } from '@opentelemetry/api'
import { FeatureContext } from './context.js'
import type { ActiveFeature } from './types.js'

/** What code gets to talk to where its call is not tracked: it takes everything and keeps nothing. */
export const silentFeature: ActiveFeature = Object.freeze({
  featureName: '',
  recordId: '',
  setSizes() {},
  addIteration() {},
  setMetadata() {},
  setStatus() {},
  setEfficiency() {},
})

/** The context of a call that is not tracked: what its code says must not land at the feature around it. */
export class SilentContext extends FeatureContext {
  constructor(parent: Context) {
    super(parent, false)
  }

  protected feature(): ActiveFeature {
    return silentFeature
  }

  protected activeSpan(): undefined {
    return undefined
  }
}
