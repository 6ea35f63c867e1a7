// The global of that name is a getter, which each call would run twice.
import { performance } from 'node:perf_hooks'
import { type Context, context, ROOT_CONTEXT, type Span, type SpanContext, trace } from '@opentelemetry/api'
import { calculateEfficiency, deriveRecordId, type FeatureCategory, FeatureStatus } from '../record/index.js'
import * as attr from '../span/index.js'
import { describeFailure } from './describe.js'
import { type Failure, failureOf } from './failure.js'
import { identityOf } from './identity.js'
import { MeasuredCall } from './measured-call.js'
import { keepMetadata } from './metadata.js'
import type { Settle } from './observe.js'
import type { OpenCall, OpenCalls } from './open-calls.js'
import { type CallDraft, giveBackDraft, takeDraft } from './spare-draft.js'
import { belongsAmong, placeInTrace, spanStart, startAttributes } from './span-start.js'
import type { ActiveFeature, TrackingHost, TrackOptions } from './types.js'
import { User } from './user.js'

/**
 * One tracked call from start to end, and the context in which its own code runs. It ends once; what comes later is
 * ignored. Where the pipeline makes spans late, its span is made when somebody asks for it, and a call whose span
 * nobody has asked for becomes a record without one. Where the application's pipeline has the span and none of our
 * processors sees it, the call is recorded beside: without a span as well, or with a twin of it that only we see.
 */
export class FeatureCall extends MeasuredCall implements ActiveFeature, OpenCall {
  readonly featureName: string
  readonly #host: TrackingHost
  readonly #category: FeatureCategory
  readonly #user: User | undefined
  readonly #sessionId: string
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
  /** Whether the span is as this starts it: its options say nothing of its time or parent. */
  readonly #isPlain: boolean
  #ended = false
  /** Whether the application has had hold of this: then it may ask for the id after the end. */
  #seen = false
  #recordId: string | undefined
  /** What is done with the value of the promise that the call has given. */
  settle: Settle | undefined
  openBefore: OpenCall | undefined
  openAfter: OpenCall | undefined
  openIn: OpenCalls | undefined

  constructor(
    host: TrackingHost,
    featureName: string,
    category: FeatureCategory,
    userId: string | undefined,
    span?: TrackOptions['span'],
  ) {
    const parent = context.active()
    const identity = identityOf(parent, host)
    const user = userId === undefined ? (identity?.user ?? undefined) : new User(userId)
    const tracer = host.tracer()
    const late = attr.lateSpansOf(tracer)
    let started: Span | undefined
    let beside: attr.LateSpans | undefined
    if (late === undefined || span !== undefined) {
      started = attr.startSpanSeen(
        tracer,
        featureName,
        spanStart(startAttributes(featureName, user, host), span),
        parent,
      )
      if (late === undefined && !attr.wasSpanSeen()) beside = host.recorderBeside(started)
    }
    super(parent, host.activatesSpans() && (started === undefined || belongsAmong(started, parent)))
    this.#host = host
    this.featureName = featureName
    this.#category = category
    this.#user = user
    this.#sessionId = identity?.sessionId ?? host.sessionId
    this.#late = late
    this.#beside = beside
    this.#span = started
    this.#parent = parent
    this.#isPlain = span === undefined
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
      this.#recordId = deriveRecordId(traceId, spanId, this.#startMicros() / 1000)
    }
    return this.#recordId
  }

  /** The span whose ids are the call's: the application's pipeline may have given it one without any. */
  #idSpan(): Span {
    return this.#beside === undefined || attr.hasIds(this.span) ? this.span : this.#getTwin(this.#beside)
  }

  #getTwin(beside: attr.LateSpans): Span {
    return (this.#twin ??= this.#startLate(beside, attr.hasIds(this.span) ? this.span.spanContext() : undefined))
  }

  #startLate(late: attr.LateSpans, ids: SpanContext | undefined): Span {
    return late.startLate({
      name: this.featureName,
      attributes: startAttributes(this.featureName, this.#user, this.#host),
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

  #startMicros(): number {
    return Math.round(this.#startMillis * 1000)
  }

  setMetadata(metadata: Readonly<Record<string, unknown>>): void {
    if (this.#ended) return
    const spans = this.#beside === undefined ? [this.span] : [this.span, this.#getTwin(this.#beside)]
    keepMetadata(this.featureName, spans, this.#host, this.#user?.clearId(), this.more(), metadata)
  }

  /** The call returned, or its stream came to its end. */
  succeed(): void {
    this.#end(this.details?.status ?? FeatureStatus.SUCCESS)
  }

  /** The call threw, or its promise was rejected. */
  fail(error: unknown): void {
    const failure = failureOf(error)
    this.#end(failure.status, failure)
  }

  /** The reader left before the end. */
  leave(): void {
    this.#end(this.details?.status ?? FeatureStatus.PARTIAL)
  }

  /** Ends the call with a status of the tracker's own and says why. */
  abandon(status: FeatureStatus, reason: string): void {
    this.more().errorMessage ??= reason
    this.#end(status)
  }

  #end(status: FeatureStatus, failure?: Failure): void {
    if (this.#ended) return
    // Whoever has seen this call may want its id later; what went wrong, and where a call stands in its trace, spans tell.
    const isPlain = status === FeatureStatus.SUCCESS
    if (this.#late !== undefined && (this.#seen || !isPlain || isInSpan(this.#parent as Context))) void this.span
    if (this.#beside !== undefined && !(isPlain && this.#isDraftEnough(this.#beside))) this.#getTwin(this.#beside)
    this.#ended = true
    this.openIn?.delete(this)
    this.details?.atEnd?.()
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
    return beside.takesDrafts && (!this.#seen || this.#recordId !== undefined || attr.hasIds(this.span))
  }

  #draft(status: FeatureStatus): CallDraft {
    const millis = performance.now() - this.#started
    const outputSize = this.finalOutputSize()
    const iterations = this.finalIterations()
    const draft = takeDraft()
    draft.recordId = this.#knownRecordId()
    draft.featureName = this.featureName
    draft.category = this.#category
    draft.status = status
    draft.duration = millis / 1000
    draft.startMicros = this.#startMicros()
    draft.endMicros = Math.round((this.#startMillis + millis) * 1000)
    draft.inputSize = Math.round(this.inputSize)
    draft.outputSize = outputSize
    draft.userId = this.#user === undefined ? null : this.#user.recorded(this.#host)
    draft.sessionId = this.#sessionId
    draft.efficiencyScore = this.details?.efficiency ?? calculateEfficiency(millis / 1000, outputSize, iterations)
    draft.iterations = iterations
    draft.traceId = draft.spanId = draft.parentSpanId = undefined
    if (this.#beside !== undefined && this.#twin === undefined) placeInTrace(draft, this.span, this.#parent)
    draft.isIdDerived = draft.recordId !== undefined && draft.traceId !== undefined
    return draft
  }

  /** Where nobody can know an id of the call, the store makes one. */
  #knownRecordId(): string | undefined {
    const span = this.#twin ?? this.#span
    return span === undefined || !attr.hasIds(span) ? this.#recordId : this.recordId
  }

  #endSpan(span: Span, draft: CallDraft, failure: Failure | undefined): void {
    if (!span.isRecording()) {
      span.end()
      return
    }
    attr.setEndAttributes(span, draft)
    if (draft.status === FeatureStatus.SUCCESS && this.#isPlain) {
      placeInTrace(draft, span, this.#parent)
      draft.isIdDerived = draft.traceId !== undefined
      attr.endHandingOver(span, draft)
      return
    }
    if (draft.status !== FeatureStatus.SUCCESS) {
      const hide = (text: string): string => this.#user?.hiddenIn(text, this.#host) ?? text
      describeFailure(span, draft.status, failure, this.details, hide)
    }
    span.end()
  }
}

function isInSpan(around: Context): boolean {
  return around !== ROOT_CONTEXT && trace.getSpanContext(around) !== undefined
}
