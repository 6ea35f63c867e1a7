export { FeatureTrackerDB, type FeatureTrackerDBOptions } from './feature-tracker-db.js'
export { IsolatedReader, type IsolatedReaderOptions } from './isolated-reader.js'
export { openReader, SqliteReader } from './reader.js'
export { SqliteWriter, type SqliteWriterOptions } from './writer.js'
