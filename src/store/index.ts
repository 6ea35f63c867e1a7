export type { RecordDraft } from '../record/index.js'
export * from './contract.js'
export * from './explore.js'
export * from './sink.js'
export {
  COLUMNS,
  DetailsReader,
  errorGroups,
  FeatureTrackerDB,
  type FeatureTrackerDBOptions,
  IsolatedReader,
  type IsolatedReaderOptions,
  openReader,
  type Position,
  ROW_WIDTH,
  RowEraser,
  type RowPage,
  RowSource,
  type SqlValue,
  SqliteReader,
  SqliteWriter,
  type SqliteWriterOptions,
  textOfBytes,
  userForms,
} from './sqlite/index.js'
