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
  ATTR_USER_HASH,
  ATTR_USER_ID,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  EVENT_EXCEPTION,
  type FeatureAttributes,
  TAKE_ATTRIBUTES,
  type TakesAttributes,
} from '../span/index.js'
import { wallClock } from './clock.js'
import { randomSpanId, randomTraceId } from './random-ids.js'

/** Attributes kept of one span, as in the SDK's default limits. */
const MAX_ATTRIBUTES = 128
const MAX_EVENTS = 128
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
}

/**
 * The API's Span and the SDK's ReadableSpan in one, for our own provider: it costs a fraction of the SDK's span, since
 * ids, times and the resource are made when somebody reads them.
 */
export class FeatureSpan implements Span, ReadableSpan, TakesAttributes {
  name: string
  readonly kind: SpanKind
  readonly parentSpanContext?: SpanContext
  attributes: Attributes
  status: SpanStatus = UNSET
  ended = false
  droppedAttributesCount = 0
  droppedEventsCount = 0
  readonly droppedLinksCount = 0
  readonly #owner: FeatureSpanOwner
  readonly #startMonotonic = performance.now()
  readonly #startMillis: number
  #durationMillis = -1
  /** How often an attribute was set, more or less: the start brings a few. */
  #attributesSet = 8
  #context: SpanContext | undefined
  #links: Link[] | undefined
  #events: TimedEvent[] | undefined
  /** The attributes object of the start, while nothing else was set. */
  #startAttributes: Attributes | undefined

  constructor(owner: FeatureSpanOwner, start: FeatureSpanStart) {
    this.#owner = owner
    this.name = start.name
    this.kind = start.kind
    if (start.parent !== undefined) this.parentSpanContext = start.parent
    if (start.links !== undefined) this.#links = [...start.links]
    this.#startMillis = start.startTime === undefined ? wallClock(this.#startMonotonic) : millisOf(start.startTime)
    this.attributes = start.attributes ?? {}
    this.#startAttributes = this.attributes
  }

  spanContext(): SpanContext {
    this.#context ??= makeContext(this.parentSpanContext)
    return this.#context
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this.ended || value === undefined || value === null || key === '') return this
    if (++this.#attributesSet > MAX_ATTRIBUTES && !this.#hasRoom(key)) {
      this.droppedAttributesCount++
      return this
    }
    this.#ownAttributes()[key] = value
    return this
  }

  /** The object given at the start is the caller's: it is copied before anything is added. */
  #ownAttributes(): Attributes {
    if (this.#startAttributes === undefined) return this.attributes
    this.attributes = { ...this.attributes }
    this.#startAttributes = undefined
    return this.attributes
  }

  [TAKE_ATTRIBUTES](attributes: FeatureAttributes): void {
    if (this.ended) return
    const given = this.attributes
    this.attributes = attributes as unknown as Attributes
    const onlyStart = this.#startAttributes !== undefined
    this.#startAttributes = undefined
    if (onlyStart && !(ATTR_USER_HASH in given) && !(ATTR_USER_ID in given)) return
    for (const key in given) if (!(key in attributes)) this.attributes[key] = given[key] as AttributeValue
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
    if (this.#events.length >= MAX_EVENTS) {
      this.droppedEventsCount++
      return this
    }
    const attributes = isTime(attributesOrTime) ? {} : (attributesOrTime ?? {})
    const at = isTime(attributesOrTime) ? attributesOrTime : time
    const millis = at === undefined ? this.#startMillis + performance.now() - this.#startMonotonic : millisOf(at)
    this.#events.push({ name, attributes, time: hrTime(millis), droppedAttributesCount: 0 })
    return this
  }

  addLink(link: Link): this {
    if (!this.ended) (this.#links ??= []).push(link)
    return this
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  setStatus(status: SpanStatus): this {
    if (this.ended || status.code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this
    this.status = status.code === SpanStatusCode.ERROR ? { ...status } : { code: status.code }
    return this
  }

  updateName(name: string): this {
    if (!this.ended) this.name = shorten(name, MAX_NAME_LENGTH)
    return this
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const thrown = typeof exception === 'string' ? { message: exception } : exception
    const attributes: Attributes = {}
    const type = 'code' in thrown && thrown.code !== undefined ? String(thrown.code) : thrown.name
    if (type !== undefined) attributes[ATTR_EXCEPTION_TYPE] = type
    if (thrown.message !== undefined) attributes[ATTR_EXCEPTION_MESSAGE] = thrown.message
    if (this.#owner.keepsStacks && thrown.stack) attributes[ATTR_EXCEPTION_STACKTRACE] = thrown.stack
    this.addEvent(EVENT_EXCEPTION, attributes, time)
  }

  end(endTime?: TimeInput): void {
    if (this.ended) return
    const elapsed =
      endTime === undefined ? performance.now() - this.#startMonotonic : millisOf(endTime) - this.#startMillis
    this.#durationMillis = Math.max(0, elapsed)
    this.ended = true
    this.#owner.ended(this)
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

function hrTime(millis: number): HrTime {
  const seconds = Math.floor(millis / 1000)
  return [seconds, Math.round((millis - seconds * 1000) * 1e6)]
}

function isTime(value: unknown): value is TimeInput {
  return (
    typeof value === 'number' ||
    value instanceof Date ||
    (Array.isArray(value) && value.length === 2 && typeof value[0] === 'number')
  )
}

/** Milliseconds since the epoch. A number below the time origin is what `performance.now()` gave, as in the SDK. */
function millisOf(time: TimeInput): number {
  if (time instanceof Date) return time.getTime()
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6
  return time < performance.timeOrigin ? performance.timeOrigin + time : time
}
