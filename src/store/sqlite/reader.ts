import type { QuestionName } from './protocol.js'
import { Questions } from './questions.js'
import { StoreThread } from './thread.js'

/** A reader that asks in a thread of its own, for applications: their event loop goes on meanwhile. */
export class SqliteReader extends Questions {
  readonly #thread: StoreThread

  constructor(path: string) {
    super()
    this.#thread = new StoreThread('reader', path)
  }

  protected ask<T>(method: QuestionName, query: unknown): Promise<T> {
    return this.#thread.request({ kind: 'query', method, query })
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
