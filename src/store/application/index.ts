/*
 * The store as an application has it in its own thread: writer and reader work in threads of their own, and nothing of
 * SQLite or of the questions is loaded here. The door beside it, `store/index.ts`, has everything.
 */
export * from '../contract.js'
export * from '../sink.js'
export { SqliteReader } from '../sqlite/reader.js'
export { SqliteWriter } from '../sqlite/writer.js'
