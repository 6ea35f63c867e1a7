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
