export type { RecordDraft } from '../record/index.js'
export * from './contract.js'
export * from './explore.js'
export * from './sink.js'
export {
  FeatureTrackerDB,
  type FeatureTrackerDBOptions,
  IsolatedReader,
  type IsolatedReaderOptions,
  openReader,
  SqliteReader,
  SqliteWriter,
  type SqliteWriterOptions,
} from './sqlite/index.js'
