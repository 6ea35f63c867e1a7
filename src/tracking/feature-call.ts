import { type Context, context, type Span, SpanStatusCode } from '@opentelemetry/api'
import {
  calculateEfficiency,
  CUT_KEY,
  deriveRecordId,
  type FeatureCategory,
  FeatureStatus,
  parseStatus,
  type Plain,
  plainCopy,
  replaceUserId,
  sizeOf,
  userFilter,
} from '../record/index.js'
import * as attr from '../span/index.js'
import { featureContext } from './context.js'
import { type Failure, failureOf } from './failure.js'
import type { ActiveFeature, TrackingHost } from './types.js'

/** The SDK keeps 128 attributes of a span and drops those set later; ours that come at the end must find room. */
const MAX_METADATA_KEYS = 100

/** One tracked call from start to end: its span, and what becomes of it. It ends once; what comes later is ignored. */
export class FeatureCall implements ActiveFeature {
  readonly featureName: string
  readonly span: Span
  /** The context in which the call's own code runs. */
  readonly context: Context
  readonly #host: TrackingHost
  readonly #category: FeatureCategory
  readonly #userId: string | undefined
  readonly #started = performance.now()
  #ended = false
  #inputSize = 0
  #outputSize: number | undefined
  #itemsSize = 0
  #iterations: number | undefined
  #items = 0
  #efficiency: number | undefined
  #status: FeatureStatus | undefined
  #errorMessage: string | undefined
  #sizesSet = false
  #recordId: string | undefined
  #metadataKeys: Set<string> | undefined
  #atEnd: (() => void) | undefined

  constructor(host: TrackingHost, featureName: string, category: FeatureCategory, userId: string | undefined) {
    const parent = context.active()
    this.#host = host
    this.featureName = featureName
    this.#category = category
    this.#userId = userId
    this.span = host
      .tracer()
      .startSpan(featureName, { attributes: startAttributes(host, featureName, category, userId) }, parent)
    this.context = featureContext(parent, host.activatesSpans() ? this.span : undefined, this)
  }

  get recordId(): string {
    if (this.#recordId === undefined) {
      const { traceId, spanId } = this.span.spanContext()
      this.#recordId = deriveRecordId(traceId, spanId, Date.now() - this.elapsed * 1000)
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
      this.#sizesSet = true
    }
    if (isCount(sizes?.output)) this.#outputSize = sizes.output
  }

  addIteration(count = 1): void {
    if (isCount(count)) this.#iterations = (this.#iterations ?? 0) + count
  }

  /** Replaces the number of rounds. */
  setIterations(count: number): void {
    if (isCount(count)) this.#iterations = count
  }

  setMetadata(metadata: Readonly<Record<string, unknown>>): void {
    if (this.#ended) return
    try {
      const copy = plainCopy(metadata, this.#host.maxMetadataSize, this.#filter())
      if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) return
      for (const [key, value] of Object.entries<Plain>(copy)) this.#keepMetadata(key, value)
    } catch (error) {
      this.#host.count(
        'tracking_failed',
        () => `metadata of ${this.featureName} could not be kept: ${failureOf(error).message}`,
      )
    }
  }

  #keepMetadata(key: string, value: Plain): void {
    this.#metadataKeys ??= new Set()
    if (this.#metadataKeys.size >= MAX_METADATA_KEYS && !this.#metadataKeys.has(key)) {
      this.span.setAttribute(attr.ATTR_METADATA_PREFIX + CUT_KEY, ['keys past the first ' + MAX_METADATA_KEYS])
      return
    }
    this.#metadataKeys.add(key)
    this.span.setAttribute(attr.ATTR_METADATA_PREFIX + key, attr.metadataToAttribute(value))
  }

  setStatus(status: FeatureStatus, errorMessage?: string): void {
    this.#status = parseStatus(status) ?? this.#status
    if (typeof errorMessage === 'string') this.#errorMessage = errorMessage
  }

  setEfficiency(score: number): void {
    if (typeof score === 'number' && score >= 0 && score <= 1) this.#efficiency = score
  }

  /** Bytes of the arguments, unless the code said another size. */
  measuredInput(size: number): void {
    if (!this.#sizesSet && isCount(size)) this.#inputSize = size
  }

  /** Bytes of the result, unless the code said another size. */
  measuredOutput(size: number): void {
    if (isCount(size)) this.#outputSize ??= size
  }

  /** One item of a generator or stream. */
  item(value: unknown): void {
    this.#items++
    this.#itemsSize += sizeOf(value)
  }

  /** Bytes that a stream held before it was looked at. */
  buffered(bytes: number): void {
    this.#itemsSize += bytes
  }

  /** Adds to what is done when the call ends. */
  atEnd(work: () => void): void {
    const before = this.#atEnd
    this.#atEnd =
      before === undefined
        ? work
        : () => {
            before()
            work()
          }
  }

  /** The call returned, or its stream came to its end. */
  succeed(): void {
    this.#end(this.#status ?? FeatureStatus.SUCCESS)
  }

  /** The call threw, or its promise was rejected. */
  fail(error: unknown): void {
    const failure = failureOf(error)
    this.#end(failure.status, failure)
  }

  /** The reader left before the end. */
  leave(): void {
    this.#end(this.#status ?? FeatureStatus.PARTIAL)
  }

  /** Ends the call with a status of the tracker's own and says why. */
  abandon(status: FeatureStatus, reason: string): void {
    this.#errorMessage ??= reason
    this.#end(status)
  }

  #end(status: FeatureStatus, failure?: Failure): void {
    if (this.#ended) return
    this.#ended = true
    this.#atEnd?.()
    const outputSize = Math.round(this.#outputSize ?? this.#itemsSize)
    const iterations = Math.round(this.#iterations ?? Math.max(1, this.#items))
    const inputSize = Math.round(this.#inputSize)
    const efficiency = this.#efficiency ?? calculateEfficiency(this.elapsed, outputSize, iterations)
    const { span } = this
    if (attr.TAKE_ATTRIBUTES in span) {
      ;(span as attr.TakesAttributes)[attr.TAKE_ATTRIBUTES]({
        'cloudcurio.feature.name': this.featureName,
        'cloudcurio.feature.category': this.#category,
        'session.id': this.#host.sessionId,
        'cloudcurio.feature.status': status,
        'cloudcurio.feature.record_id': this.recordId,
        'cloudcurio.feature.input.size': inputSize,
        'cloudcurio.feature.output.size': outputSize,
        'cloudcurio.feature.iterations': iterations,
        'cloudcurio.feature.efficiency': efficiency,
      })
    } else {
      span.setAttributes({
        'cloudcurio.feature.status': status,
        'cloudcurio.feature.record_id': this.recordId,
        'cloudcurio.feature.input.size': inputSize,
        'cloudcurio.feature.output.size': outputSize,
        'cloudcurio.feature.iterations': iterations,
        'cloudcurio.feature.efficiency': efficiency,
      })
    }
    if (status !== FeatureStatus.SUCCESS) this.#describe(status, failure)
    this.span.end()
  }

  /** Error status, type and exception as the conventions say ("Recording errors"); a partial end is no error. */
  #describe(status: FeatureStatus, failure: Failure | undefined): void {
    const text = this.#withoutUser(failure?.message ?? this.#errorMessage ?? '')
    if (status === FeatureStatus.PARTIAL) {
      if (text !== '') this.span.setAttribute(attr.ATTR_ERROR_MESSAGE, text)
      return
    }
    this.span.setAttribute(attr.ATTR_ERROR_TYPE, failure?.type ?? status)
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: text })
    if (failure === undefined) return
    const clean = (stack: string) => this.#withoutUser(stack)
    this.span.recordException({
      name: failure.type,
      message: text,
      get stack() {
        return clean(failure.stack() ?? '')
      },
    })
  }

  #withoutUser(text: string): string {
    const pseudonym = this.#userId === undefined ? undefined : this.#host.pseudonym(this.#userId)
    return pseudonym === undefined ? text : replaceUserId(text, this.#userId as string, pseudonym)
  }

  #filter(): ReturnType<typeof userFilter> | undefined {
    if (this.#host.pseudonym('') === undefined) return undefined
    return userFilter((id) => this.#host.pseudonym(id) as string, this.#userId)
  }
}

type StartAttributes = Pick<
  attr.FeatureAttributes,
  typeof attr.ATTR_NAME | typeof attr.ATTR_CATEGORY | typeof attr.ATTR_SESSION_ID
> &
  Partial<Record<typeof attr.ATTR_USER_HASH | typeof attr.ATTR_USER_ID, string>>

/** What samplers and other processors may want to know at the start. */
function startAttributes(
  host: TrackingHost,
  featureName: string,
  category: FeatureCategory,
  userId: string | undefined,
): StartAttributes {
  const attributes: StartAttributes = {
    'cloudcurio.feature.name': featureName,
    'cloudcurio.feature.category': category,
    'session.id': host.sessionId,
  }
  if (userId === undefined) return attributes
  const pseudonym = host.pseudonym(userId)
  if (pseudonym === undefined) attributes[attr.ATTR_USER_ID] = userId
  else attributes[attr.ATTR_USER_HASH] = pseudonym
  return attributes
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
