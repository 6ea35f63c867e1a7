export { FeatureTrackerDB, type FeatureTrackerDBOptions } from './feature-tracker-db.js'
export { DetailsReader, type Position } from './details-reader.js'
export { openReader, SqliteReader } from './reader.js'
export { SqliteWriter, type SqliteWriterOptions } from './writer.js'
