import {
  type AttributeValue,
  type Attributes,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
} from '@opentelemetry/api'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base'
import { shorten } from '../record/index.js'
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  EVENT_EXCEPTION,
  wallClock,
} from '../span/index.js'
import { copyAttributes, isAttributeValue, putAttribute } from './attributes.js'
import { randomSpanId, randomTraceId } from './random-ids.js'

/** Attributes kept of one span, as in the SDK's default limits. */
const MAX_ATTRIBUTES = 128
const MAX_EVENTS = 128
const MAX_LINKS = 128
const MAX_NAME_LENGTH = 1000

/** What a feature span needs of the tracer that made it. */
export interface FeatureSpanOwner {
  readonly resource: ReadableSpan['resource']
  readonly instrumentationScope: ReadableSpan['instrumentationScope']
  /** Whether anybody reads stacks; to format one is slow. */
  readonly keepsStacks: boolean
  ended(span: FeatureSpan): void
}

export interface FeatureSpanStart {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes | undefined
  readonly links: Link[] | undefined
  readonly startTime: TimeInput | undefined
  readonly parent: SpanContext | undefined
  /** For a span that is made after its start. */
  readonly began?: Began | undefined
}

/** The two clocks at a span's start, whether it is over already, and the ids that it has to have. */
interface Began {
  readonly monotonic: number
  readonly millis: number
  readonly ended: boolean
  readonly ids: SpanContext | undefined
}

/**
 * The API's Span and the SDK's ReadableSpan in one, for our own provider: it costs a fraction of the SDK's span, since
 * ids, times and the resource are made when somebody reads them.
 */
export class FeatureSpan implements Span, ReadableSpan {
  name: string
  readonly kind: SpanKind
  readonly parentSpanContext?: SpanContext
  attributes: Attributes
  status: SpanStatus = UNSET
  ended = false
  droppedAttributesCount = 0
  droppedEventsCount = 0
  droppedLinksCount = 0
  readonly #owner: FeatureSpanOwner
  readonly #startMonotonic: number
  readonly #startMillis: number
  #durationMillis = -1
  /** How often an attribute was set, more or less: the start brings a few. */
  #attributesSet = 8
  #context: SpanContext | undefined
  #links: Link[] | undefined
  #events: TimedEvent[] | undefined
  /** With a start of the caller's, the monotonic clock says nothing of the time since. */
  readonly #startGiven: boolean

  constructor(owner: FeatureSpanOwner, start: FeatureSpanStart) {
    this.#owner = owner
    this.name = start.name
    this.kind = start.kind
    if (start.parent !== undefined) this.parentSpanContext = start.parent
    if (start.links !== undefined) this.addLinks(start.links)
    this.#startMonotonic = start.began?.monotonic ?? performance.now()
    this.#startMillis =
      start.began?.millis ??
      (start.startTime === undefined ? wallClock(this.#startMonotonic) : millisOf(start.startTime))
    this.#startGiven = start.startTime !== undefined
    this.ended = start.began?.ended ?? false
    this.#context = start.began?.ids
    this.attributes = copyAttributes(start.attributes)
  }

  spanContext(): SpanContext {
    this.#context ??= makeContext(this.parentSpanContext)
    return this.#context
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this.ended || key === '' || !isAttributeValue(value)) return this
    if (++this.#attributesSet > MAX_ATTRIBUTES && !this.#hasRoom(key)) {
      this.droppedAttributesCount++
      return this
    }
    putAttribute(this.attributes, key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) this.setAttribute(key, attributes[key] as AttributeValue)
    return this
  }

  /** Counted exactly only once so many attributes were set that there might be too many. */
  #hasRoom(key: string): boolean {
    return Object.hasOwn(this.attributes, key) || Object.keys(this.attributes).length < MAX_ATTRIBUTES
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.ended) return this
    this.#events ??= []
    // The latest matter most, as in the SDK: what went wrong comes last.
    if (this.#events.length >= MAX_EVENTS) {
      this.#events.shift()
      this.droppedEventsCount++
    }
    const given = isTime(attributesOrTime) ? undefined : attributesOrTime
    const at = time ?? (isTime(attributesOrTime) ? attributesOrTime : undefined)
    const millis = at === undefined ? this.#now() : millisOf(at)
    this.#events.push({ name, attributes: copyAttributes(given), time: hrTime(millis), droppedAttributesCount: 0 })
    return this
  }

  addLink(link: Link): this {
    if (this.ended) return this
    this.#links ??= []
    if (this.#links.length >= MAX_LINKS) {
      this.#links.shift()
      this.droppedLinksCount++
    }
    const attributes = copyAttributes(link.attributes)
    this.#links.push(isEmpty(attributes) ? { context: link.context } : { context: link.context, attributes })
    return this
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  setStatus(status: SpanStatus): this {
    if (this.ended || status.code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this
    const hasMessage = status.code === SpanStatusCode.ERROR && typeof status.message === 'string'
    this.status = hasMessage ? { code: status.code, message: status.message as string } : { code: status.code }
    return this
  }

  updateName(name: string): this {
    if (!this.ended) this.name = shorten(name, MAX_NAME_LENGTH)
    return this
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const thrown = typeof exception === 'string' ? { message: exception } : (exception ?? {})
    const { code, name, message } = thrown as { code?: unknown; name?: string; message?: string }
    const attributes: Attributes = {}
    // oxlint-disable-next-line typescript/no-base-to-string -- as the SDK does
    if (code) attributes[ATTR_EXCEPTION_TYPE] = String(code)
    else if (name) attributes[ATTR_EXCEPTION_TYPE] = name
    if (message) attributes[ATTR_EXCEPTION_MESSAGE] = message
    if (isEmpty(attributes)) return
    const stack = this.#owner.keepsStacks ? (thrown as { stack?: string }).stack : undefined
    if (stack) attributes[ATTR_EXCEPTION_STACKTRACE] = stack
    this.addEvent(EVENT_EXCEPTION, attributes, time)
  }

  end(endTime?: TimeInput): void {
    if (this.ended) return
    const elapsed = (endTime === undefined ? this.#now() : millisOf(endTime)) - this.#startMillis
    this.#durationMillis = Math.max(0, elapsed)
    this.ended = true
    this.#owner.ended(this)
  }

  /** Milliseconds since the epoch. */
  #now(): number {
    if (this.#startGiven) return wallClock(performance.now())
    return this.#startMillis + performance.now() - this.#startMonotonic
  }

  isRecording(): boolean {
    return !this.ended
  }

  get events(): TimedEvent[] {
    return this.#events ?? []
  }

  get links(): Link[] {
    return this.#links ?? []
  }

  get startTime(): HrTime {
    return hrTime(this.#startMillis)
  }

  get endTime(): HrTime {
    return hrTime(this.ended ? this.#startMillis + this.#durationMillis : 0)
  }

  get duration(): HrTime {
    return hrTime(Math.max(0, this.#durationMillis))
  }

  get resource(): ReadableSpan['resource'] {
    return this.#owner.resource
  }

  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return this.#owner.instrumentationScope
  }
}

const UNSET: SpanStatus = Object.freeze({ code: SpanStatusCode.UNSET })

function makeContext(parent: SpanContext | undefined): SpanContext {
  if (parent === undefined) return { traceId: randomTraceId(), spanId: randomSpanId(), traceFlags: TraceFlags.SAMPLED }
  const { traceId, traceFlags, traceState } = parent
  return { traceId, spanId: randomSpanId(), traceFlags, ...(traceState === undefined ? {} : { traceState }) }
}

function isEmpty(attributes: Attributes): boolean {
  return Object.keys(attributes).length === 0
}

function hrTime(millis: number): HrTime {
  const seconds = Math.floor(millis / 1000)
  const nanos = Math.round((millis - seconds * 1000) * 1e6)
  return nanos === 1e9 ? [seconds + 1, 0] : [seconds, nanos]
}

function isTime(value: unknown): value is TimeInput {
  return (
    typeof value === 'number' ||
    value instanceof Date ||
    (Array.isArray(value) && value.length === 2 && typeof value[0] === 'number')
  )
}

/** Milliseconds since the epoch. A number no greater than now is what `performance.now()` gave, as in the SDK. */
function millisOf(time: TimeInput): number {
  if (time instanceof Date) return time.getTime()
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6
  return time <= performance.now() ? performance.timeOrigin + time : time
}
