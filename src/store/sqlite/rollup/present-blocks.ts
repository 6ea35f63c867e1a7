import type { Question } from '../filter.js'
import { hasBlock, SPAN_BLOCKS } from './blocks.js'
import { statusMask } from './parts.js'
import type { Snapshot } from './snapshot.js'
import { STATUS_COUNT } from './status.js'

/** The blocks that have rows of a feature, category and status. */
export class PresentBlocks {
  readonly #snapshot: Snapshot
  readonly #subjects: readonly number[]
  readonly #statuses: number[]
  readonly #spans = new Map<number, Buffer[]>()

  constructor(snapshot: Snapshot, question: Question) {
    this.#snapshot = snapshot
    this.#subjects = snapshot.subjects(question.featureName, question.category)
    const mask = statusMask(question)
    this.#statuses = Array.from({ length: STATUS_COUNT }, (_, status) => status).filter(
      (status) => (mask >>> status) & 1,
    )
  }

  /** Whether no row at all is of these. */
  get isEmpty(): boolean {
    const isCounted = (subject: number) =>
      this.#snapshot.totals(subject).some(([status]) => this.#statuses.includes(status))
    return !this.#subjects.some(isCounted)
  }

  has(block: number): boolean {
    const number = Math.floor(block / SPAN_BLOCKS)
    let spans = this.#spans.get(number)
    if (spans === undefined) this.#spans.set(number, (spans = this.#load(number)))
    const place = block - number * SPAN_BLOCKS
    return spans.some((span) => hasBlock(span, place))
  }

  #load(span: number): Buffer[] {
    return this.#subjects
      .flatMap((subject) => this.#statuses.map((status) => this.#snapshot.presence(subject, status, span)))
      .filter((found) => found !== undefined)
  }
}
