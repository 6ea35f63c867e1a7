import type { Progress } from '../../maintenance/index.js'
import type { CliIO } from '../io.js'
import { grouped } from './format.js'

const BAR_WIDTH = 24

/** Milliseconds between two drawings. */
const REDRAW_MS = 100

const CLEAR_LINE = '\r\u001b[K'

/** A line on stderr that tells how far a piece of work is, where that is a terminal; nothing elsewhere. */
export class RowProgress {
  readonly #io: CliIO
  readonly #what: string
  readonly #start = performance.now()
  #drawnAt = -Infinity
  #isShown = false

  /** @param what is being done, in a word */
  constructor(io: CliIO, what: string) {
    this.#io = io
    this.#what = what
  }

  show({ rows, share }: Progress): void {
    if (this.#io.showsProgress !== true) return
    const now = performance.now()
    if (now - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = now
    this.#isShown = true
    const rate = Math.round((rows / Math.max(1, now - this.#start)) * 1000)
    this.#io.stderr.write(`${CLEAR_LINE}${this.#what}${barText(share)} ${grouped(rows)} rows, ${grouped(rate)}/s`)
  }

  end(): void {
    if (this.#isShown) this.#io.stderr.write(CLEAR_LINE)
    this.#isShown = false
  }
}

function barText(share: number | undefined): string {
  if (share === undefined) return ''
  const filled = Math.round(share * BAR_WIDTH)
  return ` [${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${Math.floor(share * 100)} %`
}
