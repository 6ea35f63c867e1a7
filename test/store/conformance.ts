import { describe } from 'vitest'
import { describeExplorer } from './conformance-explore.js'
import { describeQueries } from './conformance-queries.js'
import { describeValues } from './conformance-values.js'
import { describeWrites } from './conformance-writes.js'
import type { MakeStore } from './subject.js'

/** What every store must do, as its contract says. A store's own test calls this in a few lines. */
export function describeFeatureStore(name: string, make: MakeStore): void {
  describe(`${name} as a FeatureStoreWriter`, () => describeWrites(make))
  describeFeatureReader(name, make)
}

/** The half about questions, for a store that has a second way to ask. */
export function describeFeatureReader(name: string, make: MakeStore): void {
  describe(`${name} as a FeatureStoreReader`, () => {
    describeValues(make)
    describeQueries(make)
  })
  describe(`${name} as a FeatureStoreExplorer`, () => describeExplorer(make))
}
