import { FeatureStatus } from '../record/index.js'

/** More are not remembered: a stream that nobody reads must not hold memory for ever. */
const MAX_OPEN = 10_000

/** What can stand in the list of open calls. The links are the list's own business. */
export interface OpenCall {
  openBefore: OpenCall | undefined
  openAfter: OpenCall | undefined
  openIn: OpenCalls | undefined
  abandon(status: FeatureStatus, reason: string): void
}

/**
 * Calls that returned something which has not come to its end, so that a shutdown can say so. A linked list: calls come
 * and go quickly, and a Set that never holds more than a few is made anew every few of them.
 */
export class OpenCalls {
  #last: OpenCall | undefined
  #size = 0

  add(call: OpenCall): void {
    if (this.#size >= MAX_OPEN) return
    this.#size++
    call.openIn = this
    call.openBefore = this.#last
    if (this.#last !== undefined) this.#last.openAfter = call
    this.#last = call
  }

  delete(call: OpenCall): void {
    if (call.openIn !== this) return
    this.#size--
    const { openBefore, openAfter } = call
    if (openBefore !== undefined) openBefore.openAfter = openAfter
    if (openAfter !== undefined) openAfter.openBefore = openBefore
    else this.#last = openBefore
    call.openIn = call.openBefore = call.openAfter = undefined
  }

  /** Records what is open as `partial`. */
  endAll(): void {
    const calls: OpenCall[] = []
    for (let call = this.#last; call !== undefined; call = call.openBefore) calls.push(call)
    for (const call of calls.toReversed()) call.abandon(FeatureStatus.PARTIAL, 'still open at shutdown')
  }
}
