import type { FeatureStoreExplorer, FeatureStoreWriter } from '../../src/store/index.js'

/** A new, empty place for records, and the ways into it. The suite closes what it opens. */
export interface StoreSubject {
  /** Another writer to this place. */
  openWriter(): FeatureStoreWriter
  /** Another reader of this place. */
  openReader(): FeatureStoreExplorer
  /** The form in which a user's id may be stored instead of the id. */
  pseudonym(userId: string): string
  /** Removes the place, when everything is closed. */
  remove(): Promise<void> | void
}

export type MakeStore = () => Promise<StoreSubject> | StoreSubject

/** Opens what a test asks for and closes it again. */
export class OpenStore {
  readonly #subject: StoreSubject
  readonly #opened: { close(): Promise<void> }[] = []

  constructor(subject: StoreSubject) {
    this.#subject = subject
  }

  writer(): FeatureStoreWriter {
    const writer = this.#subject.openWriter()
    this.#opened.push(writer)
    return writer
  }

  reader(): FeatureStoreExplorer {
    const reader = this.#subject.openReader()
    this.#opened.push(reader)
    return reader
  }

  pseudonym(userId: string): string {
    return this.#subject.pseudonym(userId)
  }

  async end(): Promise<void> {
    for (const opened of this.#opened) await opened.close()
    await this.#subject.remove()
  }
}
