import type { FeatureStoreExplorer } from '../explore.js'
import { SMALL_CACHE } from './database.js'
import type { QuestionName } from './protocol.js'
import { Questions } from './questions.js'
import { ReaderConnection } from './reader-connection.js'

/** A reader that asks in the caller's thread, for short-lived programs such as the command line. */
export function openReader(path: string): FeatureStoreExplorer {
  return new ReaderInPlace(path)
}

class ReaderInPlace extends Questions {
  readonly #connection: ReaderConnection

  constructor(path: string) {
    super()
    this.#connection = new ReaderConnection(path, SMALL_CACHE)
  }

  protected async ask<T>(method: QuestionName, query: unknown): Promise<T> {
    return this.#connection[method](query as never) as T
  }

  async close(): Promise<void> {
    this.#connection.close()
  }
}
