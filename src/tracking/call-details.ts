import type { FeatureStatus } from '../record/index.js'

/** What most calls have nothing of: kept apart, so that a call which says nothing of itself costs less. */
export class CallDetails {
  /** Items that a generator or stream gave, and their bytes. */
  items = 0
  itemsSize = 0
  iterations: number | undefined
  efficiency: number | undefined
  status: FeatureStatus | undefined
  errorMessage: string | undefined
  errorType: string | undefined
  /** Whether the code itself said how large its input is. */
  inputSaid = false
  metadataKeys: Set<string> | undefined
  atEnd: (() => void) | undefined

  /** Adds to what is done when the call ends. */
  addAtEnd(work: () => void): void {
    const before = this.atEnd
    this.atEnd =
      before === undefined
        ? work
        : () => {
            before()
            work()
          }
  }
}
