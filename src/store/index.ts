export * from './contract.js'
export {
  FeatureTrackerDB,
  type FeatureTrackerDBOptions,
  openReader,
  SqliteReader,
  SqliteWriter,
} from './sqlite/index.js'
