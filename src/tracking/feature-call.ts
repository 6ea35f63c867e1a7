import { type Context, context, type Span, type SpanContext, trace } from '@opentelemetry/api'
import {
  calculateEfficiency,
  deriveRecordId,
  type FeatureCategory,
  FeatureStatus,
  parseStatus,
  replaceUserId,
  sizeOf,
} from '../record/index.js'
import * as attr from '../span/index.js'
import { CallDetails } from './call-details.js'
import { FeatureContext } from './context.js'
import { describeFailure } from './describe.js'
import { type Failure, failureOf } from './failure.js'
import { keepMetadata } from './metadata.js'
import type { Settle } from './observe.js'
import type { OpenCall, OpenCalls } from './open-calls.js'
import type { ActiveFeature, TrackingHost } from './types.js'

/**
 * One tracked call from start to end, and the context in which its own code runs. It ends once; what comes later is
 * ignored. Where the pipeline makes spans late, its span is made when somebody asks for it, and a call whose span
 * nobody has asked for becomes a record without one.
 */
export class FeatureCall extends FeatureContext implements ActiveFeature, OpenCall {
  readonly featureName: string
  readonly #host: TrackingHost
  readonly #category: FeatureCategory
  /** As it was given; a span gets the pseudonym. */
  readonly #userId: string | undefined
  readonly #late: attr.LateSpans | undefined
  readonly #started: number
  /** Milliseconds since the epoch. */
  readonly #startMillis: number
  #span: Span | undefined
  /** A parent call is let go of at the end, so that calls that follow one another are no chain. */
  #parent: Context | undefined
  #parentSpan: SpanContext | undefined
  #ended = false
  /** Whether the application has had hold of this: then it may ask for the id after the end. */
  #seen = false
  #inputSize = 0
  /** -1 until it is known. */
  #outputSize = -1
  #recordId: string | undefined
  #details: CallDetails | undefined
  /** What is done with the value of the promise that the call has given. */
  settle: Settle | undefined
  openBefore: OpenCall | undefined
  openAfter: OpenCall | undefined
  openIn: OpenCalls | undefined

  constructor(host: TrackingHost, featureName: string, category: FeatureCategory, userId: string | undefined) {
    const parent = context.active()
    super(parent, host.activatesSpans())
    const tracer = host.tracer()
    this.#host = host
    this.featureName = featureName
    this.#category = category
    this.#userId = userId
    this.#late = attr.lateSpansOf(tracer)
    this.#started = performance.now()
    this.#startMillis = attr.wallClock(this.#started)
    this.#parent = parent
    if (this.#late === undefined)
      this.#span = tracer.startSpan(featureName, { attributes: this.#startAttributes() }, parent)
  }

  /** The tracked call in whose code this one began, while this one is open. */
  get parentCall(): FeatureCall | undefined {
    return this.#parent instanceof FeatureCall ? this.#parent : undefined
  }

  /** This, in the hands of the application. */
  exposed(): ActiveFeature {
    this.#seen = true
    return this
  }

  protected feature(): ActiveFeature {
    return this.exposed()
  }

  protected activeSpan(): Span {
    return this.span
  }

  get span(): Span {
    this.#span ??= (this.#late as attr.LateSpans).startLate({
      name: this.featureName,
      attributes: this.#startAttributes(),
      parent: this.#parent === undefined ? this.#parentSpan : trace.getSpanContext(this.#parent),
      startMonotonic: this.#started,
      startMillis: this.#startMillis,
      ended: this.#ended,
    })
    return this.#span
  }

  get recordId(): string {
    if (this.#recordId === undefined) {
      const { traceId, spanId } = this.span.spanContext()
      this.#recordId = deriveRecordId(traceId, spanId, this.#startMillis)
    }
    return this.#recordId
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (performance.now() - this.#started) / 1000
  }

  setSizes(sizes: { input?: number | undefined; output?: number | undefined }): void {
    if (isCount(sizes?.input)) {
      this.#inputSize = sizes.input
      this.#more().inputSaid = true
    }
    if (isCount(sizes?.output)) this.#outputSize = sizes.output
  }

  addIteration(count = 1): void {
    if (isCount(count)) this.#more().iterations = (this.#more().iterations ?? 0) + count
  }

  /** Replaces the number of rounds. */
  setIterations(count: number): void {
    if (isCount(count)) this.#more().iterations = count
  }

  setMetadata(metadata: Readonly<Record<string, unknown>>): void {
    if (!this.#ended) keepMetadata(this, this.#host, this.#userId, this.#more(), metadata)
  }

  setStatus(status: FeatureStatus, errorMessage?: string): void {
    const details = this.#more()
    details.status = parseStatus(status) ?? details.status
    if (typeof errorMessage === 'string') details.errorMessage = errorMessage
  }

  setEfficiency(score: number): void {
    if (typeof score === 'number' && score >= 0 && score <= 1) this.#more().efficiency = score
  }

  /** Bytes of the arguments, unless the code said another size. */
  measuredInput(size: number): void {
    if (isCount(size) && this.#details?.inputSaid !== true) this.#inputSize = size
  }

  /** Bytes of the result, unless the code said another size. */
  measuredOutput(size: number): void {
    if (isCount(size) && this.#outputSize < 0) this.#outputSize = size
  }

  /** One item of a generator or stream. */
  item(value: unknown): void {
    const details = this.#more()
    details.items++
    details.itemsSize += sizeOf(value)
  }

  /** Bytes that a stream held before it was looked at. */
  buffered(bytes: number): void {
    this.#more().itemsSize += bytes
  }

  /** Adds to what is done when the call ends. */
  atEnd(work: () => void): void {
    const details = this.#more()
    const before = details.atEnd
    details.atEnd =
      before === undefined
        ? work
        : () => {
            before()
            work()
          }
  }

  /** The call returned, or its stream came to its end. */
  succeed(): void {
    this.#end(this.#details?.status ?? FeatureStatus.SUCCESS)
  }

  /** The call threw, or its promise was rejected. */
  fail(error: unknown): void {
    const failure = failureOf(error)
    this.#end(failure.status, failure)
  }

  /** The reader left before the end. */
  leave(): void {
    this.#end(this.#details?.status ?? FeatureStatus.PARTIAL)
  }

  /** Ends the call with a status of the tracker's own and says why. */
  abandon(status: FeatureStatus, reason: string): void {
    this.#more().errorMessage ??= reason
    this.#end(status)
  }

  #more(): CallDetails {
    this.#details ??= new CallDetails()
    return this.#details
  }

  #end(status: FeatureStatus, failure?: Failure): void {
    if (this.#ended) return
    // Whoever has seen this call may want its id later; what went wrong, and where a call stands in its trace, spans tell.
    const isInSpan = () => trace.getSpanContext(this.#parent as Context) !== undefined
    if (this.#late !== undefined && (this.#seen || status !== FeatureStatus.SUCCESS || isInSpan())) void this.span
    this.#ended = true
    this.openIn?.delete(this)
    this.#details?.atEnd?.()
    if (this.#span === undefined) this.#endWithoutSpan(this.#late as attr.LateSpans, status)
    else this.#endSpan(this.#span, status, failure)
    if (this.#parent instanceof FeatureCall) {
      this.#parentSpan = this.#parent.#span?.spanContext()
      this.#parent = undefined
    }
  }

  #endWithoutSpan(late: attr.LateSpans, status: FeatureStatus): void {
    const millis = performance.now() - this.#started
    const outputSize = this.#finalOutputSize()
    const iterations = this.#finalIterations()
    late.endWithoutSpan({
      recordId: undefined,
      featureName: this.featureName,
      category: this.#category,
      status,
      duration: millis / 1000,
      startMicros: Math.round(this.#startMillis * 1000),
      endMicros: Math.round((this.#startMillis + millis) * 1000),
      inputSize: Math.round(this.#inputSize),
      outputSize,
      metadataText: undefined,
      userId: this.#userId === undefined ? null : (this.#host.pseudonym(this.#userId) ?? this.#userId),
      sessionId: this.#host.sessionId,
      errorMessage: null,
      efficiencyScore: this.#details?.efficiency ?? calculateEfficiency(millis / 1000, outputSize, iterations),
      iterations,
    })
  }

  #endSpan(span: Span, status: FeatureStatus, failure: Failure | undefined): void {
    const outputSize = this.#finalOutputSize()
    const iterations = this.#finalIterations()
    attr.setEndAttributes(span, {
      'cloudcurio.feature.category': this.#category,
      'session.id': this.#host.sessionId,
      'cloudcurio.feature.status': status,
      'cloudcurio.feature.record_id': this.recordId,
      'cloudcurio.feature.input.size': Math.round(this.#inputSize),
      'cloudcurio.feature.output.size': outputSize,
      'cloudcurio.feature.iterations': iterations,
      'cloudcurio.feature.efficiency':
        this.#details?.efficiency ?? calculateEfficiency(this.elapsed, outputSize, iterations),
    })
    if (status !== FeatureStatus.SUCCESS)
      describeFailure(span, status, failure, this.#details?.errorMessage, (text) => this.#withoutUser(text))
    span.end()
  }

  #finalOutputSize(): number {
    return Math.round(this.#outputSize < 0 ? (this.#details?.itemsSize ?? 0) : this.#outputSize)
  }

  #finalIterations(): number {
    const details = this.#details
    return details === undefined ? 1 : Math.round(details.iterations ?? Math.max(1, details.items))
  }

  #withoutUser(text: string): string {
    const pseudonym = this.#userId === undefined ? undefined : this.#host.pseudonym(this.#userId)
    return pseudonym === undefined ? text : replaceUserId(text, this.#userId as string, pseudonym)
  }

  /** What samplers and other processors may want to know at the start. */
  #startAttributes(): attr.StartAttributes {
    const attributes: attr.StartAttributes = {
      'cloudcurio.feature.name': this.featureName,
    }
    if (this.#userId === undefined) return attributes
    const pseudonym = this.#host.pseudonym(this.#userId)
    if (pseudonym === undefined) attributes[attr.ATTR_USER_ID] = this.#userId
    else attributes[attr.ATTR_USER_HASH] = pseudonym
    return attributes
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
