import { createRequire } from 'node:module'
import { type Context, TraceFlags } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { countOf } from '../../src/config/index.js'
import { describeError, type EventCounter } from '../../src/health/index.js'
import type { OtlpProtocol } from './environment.js'
import { withPseudonyms } from './pseudonyms.js'
import { OtlpSender } from './sender.js'

export interface OtlpProcessorOptions {
  /** Which finished spans go; the default is every one. */
  readonly selects?: ((span: ReadableSpan) => boolean) | undefined
  /** Makes pseudonyms of the user ids that spans have in clear; the default leaves them. */
  readonly pseudonymize?: ((userId: string) => string) | undefined
  /** Seconds that `shutdown` and the end of the process give to what waits. Default 2. */
  readonly exitTimeout?: number | undefined
}

/**
 * Spans waiting and under way, above which further ones are dropped and counted, unless `OTEL_BSP_MAX_QUEUE_SIZE` says
 * otherwise. The SDK's 2,048 are less than what a burst of a second makes.
 */
const MAX_QUEUE_SIZE = 16_384

/** Processors that were made and not shut down. */
export const liveOtlpProcessors = new Set<OtlpSpanProcessor>()

/**
 * Batches sampled spans and hands them to a thread that sends them over OTLP. It takes the SDK's place of a
 * BatchSpanProcessor and its variables (`OTEL_BSP_*`): that one drops without counting, and its timers keep a process
 * open for as long as a receiver hangs.
 */
export class OtlpSpanProcessor implements SpanProcessor {
  /** Seconds. */
  readonly exitTimeout: number
  readonly #options: OtlpProcessorOptions
  readonly #events: EventCounter
  readonly #protocol: OtlpProtocol
  readonly #sender: OtlpSender
  readonly #maxQueueSize: number
  readonly #batchSize: number
  readonly #delayMs: number
  #waiting: ReadableSpan[] = []
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  #hasNews = false
  /** Whether the end of the process has waited for the spans there are, in vain. */
  #gaveUp = false
  #stopped: Promise<void> | undefined

  constructor(
    protocol: OtlpProtocol,
    events: EventCounter,
    options: OtlpProcessorOptions,
    environment: NodeJS.ProcessEnv,
  ) {
    this.#options = options
    this.exitTimeout = options.exitTimeout ?? 2
    this.#events = events
    this.#protocol = protocol
    this.#sender = new OtlpSender(protocol, events, environment)
    this.#maxQueueSize = countOf(environment['OTEL_BSP_MAX_QUEUE_SIZE'], MAX_QUEUE_SIZE)
    this.#batchSize = Math.min(this.#maxQueueSize, countOf(environment['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], 512))
    this.#delayMs = countOf(environment['OTEL_BSP_SCHEDULE_DELAY'], 5000)
    liveOtlpProcessors.add(this)
  }

  onStart(_span: unknown, _parent: Context): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#stopped !== undefined || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
    if (this.#options.selects?.(span) === false) return
    if (this.#waiting.length + this.#sender.underWay >= this.#maxQueueSize) {
      this.#events.count('otlp_dropped', TOO_MANY)
      return
    }
    this.#hasNews = true
    this.#gaveUp = false
    // To write a batch takes milliseconds, which are not the ended call's to wait for.
    if (this.#waiting.push(span) >= this.#batchSize) this.#immediate ??= setImmediate(this.#sendSoon).unref()
    else this.#timer ??= this.#startTimer()
  }

  /** Whether spans came since the last flush. */
  get hasNews(): boolean {
    return this.#hasNews
  }

  /** Resolves when every span that ended before is delivered or given up; it is never rejected. */
  async forceFlush(): Promise<void> {
    this.#hasNews = false
    await this.#resourceKnown()
    this.sendWaiting()
    await this.#sender.idle()
  }

  /** The same for at most the exit timeout. The process stays open meanwhile. */
  async flushBeforeEnd(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const timeUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.exitTimeout * 1000)))
    await Promise.race([this.forceFlush(), timeUp])
    clearTimeout(timer)
    this.#gaveUp = !this.#sender.release()
  }

  /** Hands what waits to the sending thread, without waiting for it. */
  sendWaiting(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#immediate = undefined
    const waiting = this.#waiting
    this.#waiting = []
    for (let from = 0; from < waiting.length; from += this.#batchSize)
      this.#send(waiting.slice(from, from + this.#batchSize))
  }

  /** Sends what waits and blocks until it is delivered or given up, or the time is up; for the end of a process. */
  drainSync(timeoutMs: number): boolean {
    this.sendWaiting()
    return this.#sender.drainSync(this.#gaveUp ? 0 : timeoutMs)
  }

  /** Takes no more spans, gives those that wait the exit timeout to be sent, and lets go of the thread. */
  shutdown(): Promise<void> {
    liveOtlpProcessors.delete(this)
    this.#stopped ??= this.flushBeforeEnd().then(() => this.#sender.stop())
    return this.#stopped
  }

  #startTimer(): NodeJS.Timeout {
    setImmediate(() => {
      this.#sender.warmUp()
    }).unref()
    return setTimeout(this.#sendSoon, this.#delayMs).unref()
  }

  readonly #sendSoon = (): void => {
    void this.#resourceKnown().then(() => {
      this.sendWaiting()
    })
  }

  /** Detectors of the resource may still be at work when the first spans end. */
  async #resourceKnown(): Promise<void> {
    const resource = this.#waiting[0]?.resource
    if (resource?.asyncAttributesPending === true) await resource.waitForAsyncAttributes?.()
  }

  #send(batch: ReadableSpan[]): void {
    try {
      const { pseudonymize } = this.#options
      const spans = pseudonymize === undefined ? batch : batch.map((span) => withPseudonyms(span, pseudonymize))
      const body = serializerOf(this.#protocol).serializeRequest(spans)
      if (body !== undefined) this.#sender.send(body, spans.length)
    } catch (error) {
      this.#events.count('otlp_failed', `spans could not be written for OTLP: ${describeError(error)}`, batch.length)
    }
  }
}

const TOO_MANY =
  'too many spans wait to be sent over OTLP; further ones are dropped. Raise OTEL_BSP_MAX_QUEUE_SIZE, or see to the receiver.'

function serializerOf(protocol: OtlpProtocol) {
  const require = createRequire(import.meta.url)
  const transformer = require('@opentelemetry/otlp-transformer') as typeof import('@opentelemetry/otlp-transformer')
  return protocol === 'http/json' ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer
}
