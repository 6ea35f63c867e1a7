import type { CliIO } from '../io.js'

const BAR_WIDTH = 24

/** Milliseconds between two drawings. */
const REDRAW_MS = 100

const CLEAR_LINE = '\r\u001b[K'

/** A bar on stderr, where that is a terminal; nothing elsewhere. */
export class Progress {
  readonly #io: CliIO
  #drawnAt = -Infinity
  #isShown = false

  constructor(io: CliIO) {
    this.#io = io
  }

  /** @param what is being done, in a few words */
  show(what: string, done: number, total: number): void {
    this.draw(() => barText(what, done, total))
  }

  /** @param line asked for when it is time to draw again */
  draw(line: () => string): void {
    if (this.#io.showsProgress !== true) return
    const now = performance.now()
    if (now - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = now
    this.#isShown = true
    this.#io.stderr.write(CLEAR_LINE + line())
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isShown) this.#io.stderr.write(CLEAR_LINE)
    this.#isShown = false
  }
}

/** `Copying  [######------] 50 %` */
export function barText(what: string, done: number, total: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 0
  const filled = Math.round(share * BAR_WIDTH)
  return `${what} [${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${Math.floor(share * 100)} %`
}
