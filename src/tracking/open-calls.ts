import { FeatureStatus } from '../record/index.js'
import type { FeatureCall } from './feature-call.js'

/** More are not remembered: a stream that nobody reads must not hold memory for ever. */
const MAX_OPEN = 10_000

/** Calls that returned something which has not come to its end, so that a shutdown can say so. */
export class OpenCalls {
  readonly #calls = new Set<FeatureCall>()

  add(call: FeatureCall): void {
    if (this.#calls.size >= MAX_OPEN) return
    call.heldBy(this.#calls)
  }

  /** Records what is open as `partial`. */
  endAll(): void {
    for (const call of this.#calls) call.abandon(FeatureStatus.PARTIAL, 'still open at shutdown')
  }
}
