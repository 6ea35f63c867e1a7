import { INT, type Progress } from './progress.js'

/** A thread that dies so many times without settling anything is not given the same request again. */
const MAX_DEATHS = 3

/** The longest rest before a thread is started again, in milliseconds. */
const MAX_REST_MS = 1000

const DEFAULT_HANG_MS = 5000

/** What the lifeline looks after. */
export interface Patient {
  /** Whether there is something that it should be doing. */
  isBusy(): boolean
  /** It gives no sign of life. */
  hangs(): void
  /** It died; now is the time for another. */
  revive(): void
}

/** Notices when a thread hangs, and says when one that died is to be started again: not so fast that it burns CPU. */
export class Lifeline {
  readonly #progress: Progress
  readonly #hangMillis: number
  readonly #patient: Patient
  /** Requests that no thread is given again. */
  readonly givenUp: number[] = []
  #deaths = 0
  #allDeaths = 0
  #settled = 0
  #beat = 0
  #quietTicks = 0
  #ticker: NodeJS.Timeout | undefined
  #rest: NodeJS.Timeout | undefined

  constructor(progress: Progress, hangMillis = DEFAULT_HANG_MS, patient: Patient) {
    this.#progress = progress
    this.#hangMillis = hangMillis
    this.#patient = patient
  }

  /** Deaths since anything was settled. */
  get deaths(): number {
    return this.#allDeaths
  }

  /** Whether the thread that died is to be left alone for a while. */
  get isResting(): boolean {
    return this.#rest !== undefined
  }

  /** Looks at the thread from now on, as long as it is busy. */
  watch(): void {
    // Ticks, not time: while this thread sleeps or is stopped, the other has no chance to show that it lives.
    this.#ticker ??= setInterval(() => {
      this.#tick()
    }, this.#hangMillis / 10).unref()
  }

  stop(): void {
    clearInterval(this.#ticker)
    clearTimeout(this.#rest)
    this.#ticker = undefined
    this.#rest = undefined
  }

  /** The process stays open while it rests: somebody waits for an answer now. */
  hold(): void {
    this.#rest?.ref()
  }

  /** Notes a death. @returns whether what waits for an answer is not to be tried again */
  died(): boolean {
    const settled = this.#progress.int(INT.settled)
    if (settled !== this.#settled) this.#deaths = this.#allDeaths = 0
    this.#settled = settled
    this.#deaths++
    this.#allDeaths++
    return this.#deaths >= MAX_DEATHS
  }

  /** Begins to count anew, since what the thread may have died of is given up. */
  forgive(): void {
    this.#deaths = 0
  }

  /**
   * Revives, at once after the first deaths, and later after a rest that grows.
   * @param holds whether the process stays open meanwhile
   */
  rest(holds: boolean): void {
    this.stop()
    const pause = this.#allDeaths < MAX_DEATHS ? 0 : Math.min(MAX_REST_MS, 25 * 2 ** (this.#allDeaths - MAX_DEATHS))
    if (pause === 0) {
      this.#patient.revive()
      return
    }
    this.#rest = setTimeout(() => {
      this.#rest = undefined
      this.#patient.revive()
    }, pause)
    if (!holds) this.#rest.unref()
  }

  #tick(): void {
    const beat = this.#progress.int(INT.beat)
    const isQuiet = beat === this.#beat
    this.#beat = beat
    if (!this.#patient.isBusy()) {
      clearInterval(this.#ticker)
      this.#ticker = undefined
      this.#quietTicks = 0
      return
    }
    this.#quietTicks = isQuiet ? this.#quietTicks + 1 : 0
    if (this.#quietTicks < 10) return
    this.#quietTicks = 0
    this.#patient.hangs()
  }
}
