import { createHmac } from 'node:crypto'

/**
 * The pseudonym of a user id: HMAC-SHA-256 (RFC 2104) under the installation's key, 64 hexadecimal digits.
 * Without the key no list of ids can be matched against it.
 */
export function pseudonymOf(key: Uint8Array, userId: string): string {
  return createHmac('sha256', key).update(userId, 'utf8').digest('hex')
}

/** Pseudonyms of one key, remembered for the ids seen last: a hash costs some microseconds, a tracked call one. */
export class PseudonymCache {
  readonly #currentKey: () => Uint8Array
  readonly #limit: number
  readonly #known = new Map<string, string>()
  #key: Uint8Array | undefined

  /** @param key gives the same object for as long as the key stays */
  constructor(key: Uint8Array | (() => Uint8Array), limit = 10_000) {
    this.#currentKey = typeof key === 'function' ? key : () => key
    this.#limit = limit
  }

  pseudonym(userId: string): string {
    const key = this.#currentKey()
    if (key !== this.#key) {
      this.#key = key
      this.#known.clear()
    }
    const known = this.#known.get(userId)
    if (known !== undefined) return known
    const made = pseudonymOf(key, userId)
    if (this.#known.size >= this.#limit) this.#known.clear()
    this.#known.set(userId, made)
    return made
  }
}
