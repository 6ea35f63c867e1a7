import { statSync } from 'node:fs'
import { ensureKey, keyPath } from './key-file.js'

/** How often the file is looked at, in milliseconds. */
const LOOK_EVERY_MS = 2000

/** The installation's key as it is now: it is read again some seconds after it was changed. */
export class CurrentKey {
  readonly #dbPath: string
  #key: Uint8Array | undefined
  #file = ''
  #lookedAt = -Infinity

  constructor(dbPath: string) {
    this.#dbPath = dbPath
  }

  /**
   * The same object for as long as the key stays.
   * @throws as `ensureKey`, as long as there was no key
   */
  get(): Uint8Array {
    const now = performance.now()
    if (this.#key !== undefined && now - this.#lookedAt < LOOK_EVERY_MS) return this.#key
    this.#lookedAt = now
    const file = identityOf(keyPath(this.#dbPath))
    if (this.#key !== undefined && (file === this.#file || file === '')) return this.#key
    try {
      this.#key = ensureKey(this.#dbPath)
      this.#file = identityOf(keyPath(this.#dbPath))
    } catch (error) {
      if (this.#key === undefined) throw error
    }
    return this.#key
  }
}

/** Empty where there is no file. */
function identityOf(path: string): string {
  try {
    const { ino, mtimeMs } = statSync(path)
    return `${ino}.${mtimeMs}`
  } catch {
    return ''
  }
}
