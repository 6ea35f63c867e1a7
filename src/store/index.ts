export type { RecordDraft } from '../record/index.js'
export * from './contract.js'
export * from './sink.js'
export {
  DetailsReader,
  FeatureTrackerDB,
  type FeatureTrackerDBOptions,
  openReader,
  type Position,
  SqliteReader,
  SqliteWriter,
  type SqliteWriterOptions,
} from './sqlite/index.js'
