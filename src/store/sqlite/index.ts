export { FeatureTrackerDB, type FeatureTrackerDBOptions } from './feature-tracker-db.js'
export { openReader, SqliteReader } from './reader.js'
export { SqliteWriter } from './writer.js'
