import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'

/** A lease of which its holder gave no sign for so long is free, in milliseconds. */
const STALE_MS = 60_000

/**
 * Of several processes one at a time holds a lease: a file beside the database. It is to be renewed while it is held; who
 * dies loses it after a minute.
 */
export class Lease {
  readonly #path: string
  readonly #token = randomBytes(8).toString('hex')

  constructor(path: string) {
    this.#path = path
  }

  /** @returns whether this process holds it now */
  take(): boolean {
    try {
      if (this.#isStale()) this.#removeStale()
      const descriptor = openSync(this.#path, 'wx', 0o600)
      writeSync(descriptor, this.#token)
      closeSync(descriptor)
      return true
    } catch {
      return false
    }
  }

  /** @returns whether it is still this process's */
  renew(): boolean {
    try {
      if (readFileSync(this.#path, 'utf8') !== this.#token) return false
      const now = new Date()
      utimesSync(this.#path, now, now)
      return true
    } catch {
      return false
    }
  }

  release(): void {
    if (this.renew()) rmSync(this.#path, { force: true })
  }

  #isStale(): boolean {
    const found = statSync(this.#path, { throwIfNoEntry: false })
    return found !== undefined && Date.now() - found.mtimeMs > STALE_MS
  }

  /** By a rename, of which one succeeds. Who renames a lease that was just taken anew is found out by `renew`. */
  #removeStale(): void {
    const aside = `${this.#path}.${this.#token}`
    renameSync(this.#path, aside)
    rmSync(aside, { force: true })
  }
}
