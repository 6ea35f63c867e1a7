import { type FeatureStatus, parseStatus, sizeOf } from '../record/index.js'
import { CallDetails } from './call-details.js'
import { FeatureContext } from './context.js'

/** What is said and measured of a call while it runs. */
export abstract class MeasuredCall extends FeatureContext {
  protected inputSize = 0
  /** -1 until it is known. */
  protected outputSize = -1
  protected details: CallDetails | undefined

  setSizes(sizes: { input?: number | undefined; output?: number | undefined }): void {
    if (isCount(sizes?.input)) {
      this.inputSize = sizes.input
      this.more().inputSaid = true
    }
    if (isCount(sizes?.output)) this.outputSize = sizes.output
  }

  addIteration(count = 1): void {
    if (isCount(count)) this.more().iterations = (this.more().iterations ?? 0) + count
  }

  /** Replaces the number of rounds. */
  setIterations(count: number): void {
    if (isCount(count)) this.more().iterations = count
  }

  setStatus(status: FeatureStatus, errorMessage?: string, errorType?: string): void {
    const details = this.more()
    details.status = parseStatus(status) ?? details.status
    if (typeof errorType === 'string' && errorType !== '') details.errorType = errorType
    if (typeof errorMessage === 'string') details.errorMessage = errorMessage
  }

  setEfficiency(score: number): void {
    if (typeof score === 'number' && score >= 0 && score <= 1) this.more().efficiency = score
  }

  /** Bytes of the arguments, unless the code said another size. */
  measuredInput(size: number): void {
    if (isCount(size) && this.details?.inputSaid !== true) this.inputSize = size
  }

  /** Bytes of the result, unless the code said another size. */
  measuredOutput(size: number): void {
    if (isCount(size) && this.outputSize < 0) this.outputSize = size
  }

  /** One item of a generator or stream. */
  item(value: unknown): void {
    const details = this.more()
    details.items++
    details.itemsSize += sizeOf(value)
  }

  /** Bytes that a stream held before it was looked at. */
  buffered(bytes: number): void {
    this.more().itemsSize += bytes
  }

  atEnd(work: () => void): void {
    this.more().addAtEnd(work)
  }

  protected more(): CallDetails {
    return (this.details ??= new CallDetails())
  }

  protected finalOutputSize(): number {
    return Math.round(this.outputSize < 0 ? (this.details?.itemsSize ?? 0) : this.outputSize)
  }

  protected finalIterations(): number {
    const { details } = this
    return details === undefined ? 1 : Math.round(details.iterations ?? Math.max(1, details.items))
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
