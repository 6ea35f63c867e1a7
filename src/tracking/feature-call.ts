import { type Context, context, type Span, type SpanContext, trace } from '@opentelemetry/api'
import {
  calculateEfficiency,
  deriveRecordId,
  type FeatureCategory,
  FeatureStatus,
  parseStatus,
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
import { type CallDraft, giveBackDraft, takeDraft } from './spare-draft.js'
import { belongsAmong, hasIds, startAttributes } from './start-span.js'
import type { ActiveFeature, TrackingHost } from './types.js'

/**
 * One tracked call from start to end, and the context in which its own code runs. It ends once; what comes later is
 * ignored. Where the pipeline makes spans late, its span is made when somebody asks for it, and a call whose span
 * nobody has asked for becomes a record without one. Where the application's pipeline has the span and none of our
 * processors sees it, the call is recorded beside: without a span as well, or with a twin of it that only we see.
 */
export class FeatureCall extends FeatureContext implements ActiveFeature, OpenCall {
  readonly featureName: string
  readonly #host: TrackingHost
  readonly #category: FeatureCategory
  /** As it was given; a span gets the pseudonym. */
  readonly #userId: string | undefined
  readonly #late: attr.LateSpans | undefined
  readonly #beside: attr.LateSpans | undefined
  readonly #started: number
  /** Milliseconds since the epoch. */
  readonly #startMillis: number
  #span: Span | undefined
  /** Has the ids of the span, and what the application's pipeline may not keep. */
  #twin: Span | undefined
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
    const tracer = host.tracer()
    const late = attr.lateSpansOf(tracer)
    let span: Span | undefined
    let beside: attr.LateSpans | undefined
    if (late === undefined) {
      span = attr.startSpanSeen(tracer, featureName, { attributes: startAttributes(host, featureName, userId) }, parent)
      if (!attr.wasSpanSeen()) beside = host.recorderBeside(span)
    }
    super(parent, host.activatesSpans() && (span === undefined || belongsAmong(span, parent)))
    this.#host = host
    this.featureName = featureName
    this.#category = category
    this.#userId = userId
    this.#late = late
    this.#beside = beside
    this.#span = span
    this.#parent = parent
    this.#started = performance.now()
    this.#startMillis = attr.wallClock(this.#started)
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
    return (this.#span ??= this.#startLate(this.#late as attr.LateSpans, undefined))
  }

  get recordId(): string {
    if (this.#recordId === undefined) {
      const { traceId, spanId } = this.#idSpan().spanContext()
      this.#recordId = deriveRecordId(traceId, spanId, this.#startMillis)
    }
    return this.#recordId
  }

  /** The span whose ids are the call's: the application's pipeline may have given it one without any. */
  #idSpan(): Span {
    return this.#beside === undefined || hasIds(this.span) ? this.span : this.#getTwin(this.#beside)
  }

  #getTwin(beside: attr.LateSpans): Span {
    return (this.#twin ??= this.#startLate(beside, hasIds(this.span) ? this.span.spanContext() : undefined))
  }

  #startLate(late: attr.LateSpans, ids: SpanContext | undefined): Span {
    return late.startLate({
      name: this.featureName,
      attributes: startAttributes(this.#host, this.featureName, this.#userId),
      parent: this.#parent === undefined ? this.#parentSpan : trace.getSpanContext(this.#parent),
      startMonotonic: this.#started,
      startMillis: this.#startMillis,
      ended: this.#ended,
      ids,
    })
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
    if (this.#ended) return
    const spans = this.#beside === undefined ? [this.span] : [this.span, this.#getTwin(this.#beside)]
    keepMetadata(this.featureName, spans, this.#host, this.#userId, this.#more(), metadata)
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

  atEnd(work: () => void): void {
    this.#more().addAtEnd(work)
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
    return (this.#details ??= new CallDetails())
  }

  #end(status: FeatureStatus, failure?: Failure): void {
    if (this.#ended) return
    // Somebody who has seen this call may want its id later; whatever went wrong is told by a span.
    const isPlain = status === FeatureStatus.SUCCESS
    if (this.#late !== undefined && (this.#seen || !isPlain)) void this.span
    if (this.#beside !== undefined && !(isPlain && this.#isDraftEnough(this.#beside))) this.#getTwin(this.#beside)
    this.#ended = true
    this.openIn?.delete(this)
    this.#details?.atEnd?.()
    const draft = this.#draft(status)
    // First what is ours: the application's span may throw.
    if (this.#twin !== undefined) this.#endSpan(this.#twin, draft, failure)
    else if (this.#beside !== undefined) this.#beside.endWithoutSpan(draft)
    else if (this.#span === undefined) this.#late?.endWithoutSpan(draft)
    if (this.#span !== undefined) this.#endSpan(this.#span, draft, failure)
    giveBackDraft(draft)
    if (this.#parent instanceof FeatureCall) {
      this.#parentSpan = this.#parent.#span?.spanContext()
      this.#parent = undefined
    }
  }

  #isDraftEnough(beside: attr.LateSpans): boolean {
    return beside.takesDrafts && (!this.#seen || this.#recordId !== undefined || hasIds(this.span))
  }

  #draft(status: FeatureStatus): CallDraft {
    const millis = performance.now() - this.#started
    const outputSize = Math.round(this.#outputSize < 0 ? (this.#details?.itemsSize ?? 0) : this.#outputSize)
    const iterations = this.#finalIterations()
    const draft = takeDraft()
    draft.recordId = this.#knownRecordId()
    draft.featureName = this.featureName
    draft.category = this.#category
    draft.status = status
    draft.duration = millis / 1000
    draft.startMicros = Math.round(this.#startMillis * 1000)
    draft.endMicros = Math.round((this.#startMillis + millis) * 1000)
    draft.inputSize = Math.round(this.#inputSize)
    draft.outputSize = outputSize
    draft.userId = this.#userId === undefined ? null : (this.#host.pseudonym(this.#userId) ?? this.#userId)
    draft.sessionId = this.#host.sessionId
    draft.efficiencyScore = this.#details?.efficiency ?? calculateEfficiency(millis / 1000, outputSize, iterations)
    draft.iterations = iterations
    return draft
  }

  /** Where nobody can know an id of the call, the store makes one. */
  #knownRecordId(): string | undefined {
    const span = this.#twin ?? this.#span
    return span === undefined || !hasIds(span) ? this.#recordId : this.recordId
  }

  #endSpan(span: Span, draft: CallDraft, failure: Failure | undefined): void {
    if (span.isRecording()) {
      attr.setEndAttributes(span, draft)
      if (draft.status !== FeatureStatus.SUCCESS)
        describeFailure(span, draft, failure, this.#details?.errorMessage, this.#userId)
    }
    span.end()
  }

  #finalIterations(): number {
    const details = this.#details
    return details === undefined ? 1 : Math.round(details.iterations ?? Math.max(1, details.items))
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
