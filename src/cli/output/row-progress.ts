import type { Progress as RowsDone } from '../../maintenance/index.js'
import type { CliIO } from '../io.js'
import { grouped } from './format.js'
import { barText, Progress } from './progress.js'

/** A line on stderr that tells how many rows were dealt with, and how fast. */
export class RowProgress {
  readonly #progress: Progress
  readonly #what: string
  readonly #start = performance.now()

  /** @param what is being done, in a word */
  constructor(io: CliIO, what: string) {
    this.#progress = new Progress(io)
    this.#what = what
  }

  show({ rows, share }: RowsDone): void {
    this.#progress.draw(() => {
      const rate = Math.round((rows / Math.max(1, performance.now() - this.#start)) * 1000)
      const bar = share === undefined ? this.#what : barText(this.#what, share, 1)
      return `${bar} ${grouped(rows)} rows, ${grouped(rate)}/s`
    })
  }

  end(): void {
    this.#progress.end()
  }
}
