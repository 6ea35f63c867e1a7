/** How often the counter of records is written down, in milliseconds. */
const NOTE_EVERY_MS = 25

/** How many times it is looked at in vain before it is left alone. */
const QUIET_TICKS = 40

/** Writes down how many records the application's thread has taken in, for about a second after the last sign of it. */
export class Noting {
  readonly #note: () => boolean
  #timer: NodeJS.Timeout | undefined
  #quietTicks = 0

  /** @param note does it, and says whether there was anything new */
  constructor(note: () => boolean) {
    this.#note = note
  }

  /** There was a sign of activity. */
  wake(): void {
    this.#quietTicks = 0
    this.#timer ??= setInterval(() => {
      this.#tick()
    }, NOTE_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    this.#quietTicks = this.#note() ? 0 : this.#quietTicks + 1
    if (this.#quietTicks >= QUIET_TICKS) this.stop()
  }
}
