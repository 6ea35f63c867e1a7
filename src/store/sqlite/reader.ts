import type { FeatureUsageRecord } from '../../record/index.js'
import type {
  FeatureStoreReader,
  FeatureSummary,
  RecordFilter,
  RecordQuery,
  SeriesPoint,
  SeriesQuery,
  TopFeaturesQuery,
  UsageStats,
} from '../contract.js'
import { ReaderConnection } from './reader-connection.js'
import { StoreThread } from './thread.js'

/** A FeatureStoreReader that asks in a thread of its own, for applications: their event loop goes on meanwhile. */
export class SqliteReader implements FeatureStoreReader {
  readonly #thread: StoreThread

  constructor(path: string) {
    this.#thread = new StoreThread('reader', path)
  }

  getRecords(query: RecordQuery = {}): Promise<FeatureUsageRecord[]> {
    return this.#thread.request({ kind: 'query', method: 'getRecords', query })
  }

  getUsageStats(filter: RecordFilter = {}): Promise<UsageStats> {
    return this.#thread.request({ kind: 'query', method: 'getUsageStats', query: filter })
  }

  getTopFeatures(query: TopFeaturesQuery = {}): Promise<FeatureSummary[]> {
    return this.#thread.request({ kind: 'query', method: 'getTopFeatures', query })
  }

  getSeries(query: SeriesQuery): Promise<SeriesPoint[]> {
    return this.#thread.request({ kind: 'query', method: 'getSeries', query })
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}

/** A FeatureStoreReader that asks in the caller's thread, for short-lived programs such as the command line. */
export function openReader(path: string): FeatureStoreReader {
  const connection = new ReaderConnection(path)
  return {
    getRecords: async (query) => connection.getRecords(query),
    getUsageStats: async (filter) => connection.getUsageStats(filter),
    getTopFeatures: async (query) => connection.getTopFeatures(query),
    getSeries: async (query) => connection.getSeries(query),
    close: async () => {
      connection.close()
    },
  }
}
