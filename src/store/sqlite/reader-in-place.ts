import type { FeatureStoreExplorer } from '../explore.js'
import type { QuestionName } from './protocol.js'
import { Questions } from './questions.js'
import { ReaderConnection } from './reader-connection.js'

/**
 * Of the file in memory. A short program asks little twice, and to touch fresh memory costs more than to read a page again:
 * with SQLite's 16 MB here the latest failures took twice as long.
 */
const CACHE_BYTES = 1024 * 1024

/** A reader that asks in the caller's thread, for short-lived programs such as the command line. */
export function openReader(path: string): FeatureStoreExplorer {
  return new ReaderInPlace(path)
}

class ReaderInPlace extends Questions {
  readonly #connection: ReaderConnection

  constructor(path: string) {
    super()
    this.#connection = new ReaderConnection(path, CACHE_BYTES)
  }

  protected async ask<T>(method: QuestionName, query: unknown): Promise<T> {
    return this.#connection[method](query as never) as T
  }

  async close(): Promise<void> {
    this.#connection.close()
  }
}
