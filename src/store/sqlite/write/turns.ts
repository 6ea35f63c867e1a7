import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'

/*
 * SQLite's lock goes to whoever happens to ask at the right moment, so that one of many writers can wait for seconds.
 * Writers that meet others therefore say in a file since when they have been waiting, and let the one go first that
 * has waited longest. The file is advice only: who cannot read it, or does not know it, still gets the lock.
 *
 * A slot is four float64: identity, waiting since (0 is not waiting), last sign of life, unused. Times are milliseconds
 * since the Unix epoch; a slot whose owner gave no sign of life for a while is nobody's.
 */
const SLOT_BYTES = 32
const SLOTS = 64

/** A waiting writer shows itself every few milliseconds; one that has not for this long is not waited for. */
const STALE_MS = 150

/** A slot may be taken over when it has not been used for so long. */
const FREE_MS = 10_000

/** After the last time that the lock was found taken, writers mind each other for so long. */
const MINDFUL_MS = 2000

/** The order in which several writers of one database get its lock. */
export class Turns {
  readonly #path: string
  readonly #identity = randomBytes(6).readUIntBE(0, 6)
  readonly #slots = new Float64Array((SLOTS * SLOT_BYTES) / 8)
  #descriptor: number | undefined
  #slot = -1
  #mindfulUntil = 0
  #waitingSince = 0
  #isBroken = false

  constructor(dbPath: string) {
    this.#path = `${dbPath}.turns`
  }

  /** Whether another writer has been met lately; one that has met none takes the lock when it is free. */
  get hasCompany(): boolean {
    return this.#mindfulUntil > 0 && Date.now() < this.#mindfulUntil
  }

  /** The lock was taken. */
  met(): void {
    this.#mindfulUntil = Date.now() + MINDFUL_MS
  }

  /** Says that this writer waits, from now on if it did not before. @returns how many have waited longer */
  ahead(): number {
    if (this.#waitingSince === 0) this.#waitingSince = Date.now()
    if (!this.#say(this.#waitingSince)) return 0
    return this.#count((since, identity) => {
      if (since !== this.#waitingSince) return since < this.#waitingSince
      return identity < this.#identity
    })
  }

  /** Whether others wait. Who asks has the lock, and may have met nobody yet. */
  othersWait(): boolean {
    if (!this.#read(false) || this.#count(() => true) === 0) return false
    this.met()
    return true
  }

  /** Counts other writers that wait and live. */
  #count(counts: (since: number, identity: number) => boolean): number {
    const now = Date.now()
    let found = 0
    for (let at = 0; at < this.#slots.length; at += SLOT_BYTES / 8) {
      const identity = this.#slots[at] as number
      const since = this.#slots[at + 1] as number
      if (since === 0 || identity === this.#identity || now - (this.#slots[at + 2] as number) > STALE_MS) continue
      if (counts(since, identity)) found++
    }
    return found
  }

  /** The lock is held, or not wanted any more. */
  done(): void {
    if (this.#waitingSince === 0) return
    this.#waitingSince = 0
    this.#say(0)
  }

  close(): void {
    this.done()
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
    this.#slot = -1
  }

  /** Writes this writer's slot, and reads all. */
  #say(since: number): boolean {
    if (!this.#read(true)) return false
    if (this.#slot < 0 || this.#slots[this.#slot * 4] !== this.#identity) this.#takeSlot()
    try {
      const own = Float64Array.of(this.#identity, since, Date.now(), 0)
      writeSync(this.#descriptor as number, own, 0, SLOT_BYTES, this.#slot * SLOT_BYTES)
      return true
    } catch {
      this.#isBroken = true
      return false
    }
  }

  #takeSlot(): void {
    const start = this.#identity % SLOTS
    const now = Date.now()
    for (let step = 0; step < SLOTS; step++) {
      this.#slot = (start + step) % SLOTS
      if (now - (this.#slots[this.#slot * 4 + 2] as number) > FREE_MS) return
    }
  }

  /** @param makes whether the file is made where there is none */
  #read(makes: boolean): boolean {
    if (this.#isBroken) return false
    try {
      // Not `a+`: what is written to a file that was opened for appending always goes to its end.
      this.#descriptor ??= openSync(this.#path, constants.O_RDWR | (makes ? constants.O_CREAT : 0), 0o600)
      readSync(this.#descriptor, this.#slots, 0, this.#slots.byteLength, 0)
      return true
    } catch {
      this.#isBroken = makes
      return false
    }
  }
}
