import { type Context, context, createContextKey, type Span } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { FeatureUsageExporter, type FeatureUsageExporterOptions } from '../../exporters/index.js'
import { resolveSettings, type SettingOptions, type Settings } from '../config/index.js'
import { describeError, type EventCounter, processEvents } from '../health/index.js'
import type { RecordDraft } from '../record/index.js'
import {
  type DecidePromotion,
  type FinishedSpan,
  handedOver,
  type Promotion,
  type RuleSet,
  saySeen,
  SCOPE_NAME,
  setPromotion,
} from '../span/index.js'
import { EXIT_TIMEOUT, liveProcessors, requireExitTimeout, watchProcessEnd } from './process-end.js'
import { ruleSetOf, SpanPromotion } from './promotion.js'
import { draftSelector, spanSelector } from './select.js'

/** An exporter that gives no answer for so many milliseconds is not waited for any longer, as in the SDK. */
const EXPORT_PATIENCE_MS = 30_000

/** Milliseconds after which waiting spans are exported, however few. */
const FLUSH_AFTER_MS = 1000

const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

export interface FeatureSpanProcessorOptions
  extends SettingOptions, Pick<FeatureUsageExporterOptions, 'writer' | 'sessionId'> {
  /** Counts what goes wrong; the default is the counter of the default tracker. */
  events?: EventCounter | undefined
  /** Seconds for which the end of the process may be held up to store what waits. Default 2. */
  exitTimeout?: number | undefined
}

/**
 * A SpanProcessor that picks the finished spans which are features, by themselves or by rules, as the settings say, and
 * hands them to an exporter in batches: when `flushInterval` spans wait, and a second after the first of them at the latest. Unlike the SDK's
 * BatchSpanProcessor it takes spans that were not sampled, has no limit past which it drops, and its flush waits for
 * what is under way.
 */
export class FeatureSpanProcessor implements SpanProcessor {
  readonly settings: Settings
  readonly exporter: SpanExporter
  readonly exitTimeout: number
  readonly #events: EventCounter
  readonly #selects: (span: FinishedSpan, promotion: Promotion | undefined) => boolean
  readonly #selectsDraft: (draft: RecordDraft) => boolean
  /** Makes features of other spans, where the settings ask for it. */
  readonly #promotion: SpanPromotion | undefined
  /** The exporter, where it takes features one by one: then nothing waits here. */
  readonly #direct: FeatureUsageExporter | undefined
  /** Whether what a call knows of itself is enough. Names that are excluded here may not be so in the tracking. */
  readonly #takesKnown: boolean
  readonly #underWay = new Set<Promise<void>>()
  #waiting: ReadableSpan[] = []
  /** How many the exporter has taken and not sent yet. */
  #unsent = 0
  #hasNews = false
  #timer: NodeJS.Timeout | undefined
  #stopped: Promise<void> | undefined

  /**
   * @param exporter takes the spans; the default is a FeatureUsageExporter with the same options
   * @throws TypeError when an option is bad
   */
  constructor(exporter?: SpanExporter | FeatureSpanProcessorOptions, options: FeatureSpanProcessorOptions = {}) {
    const given = isExporter(exporter) ? options : { ...exporter, ...options }
    this.#events = given.events ?? processEvents
    this.settings = resolveSettings(given, process.env, (message) => {
      this.#events.count('setting_ignored', message, 1, message)
    })
    this.exporter = isExporter(exporter) ? exporter : new FeatureUsageExporter({ ...given, events: this.#events })
    this.#direct =
      this.exporter instanceof FeatureUsageExporter && this.exporter.takesOneByOne ? this.exporter : undefined
    this.#takesKnown = this.takesDrafts && this.settings.exclude.length === 0
    this.exitTimeout = requireExitTimeout(given.exitTimeout ?? EXIT_TIMEOUT)
    this.#selects = spanSelector(this.settings)
    this.#selectsDraft = draftSelector(this.settings)
    const rules = this.settings.enabled ? ruleSetOf(this.settings, this.#events) : undefined
    this.#promotion = rules === undefined ? undefined : new SpanPromotion(rules, this.settings.exclude, this.#events)
    watchProcessEnd(this)
  }

  /** Tells the tracking that made the span, if it was ours, that it need not record it otherwise. */
  onStart(span: Span, parent: Context): void {
    const started = span as Span & ReadableSpan
    if (started.instrumentationScope?.name === SCOPE_NAME) saySeen(started)
    this.#promotion?.start(started, parent)
  }

  onEnd(span: ReadableSpan): void {
    if (this.#direct !== undefined && this.#stopped === undefined && this.#promotion?.mayWait(span) === true) {
      this.#keep(this.#direct, span, this.#decide)
      return
    }
    const promotion = this.#promotion?.end(span)
    const known = this.#takesKnown ? handedOver(span) : undefined
    if (known !== undefined) {
      this.takeDraft(known)
      return
    }
    if (!this.#selects(span, promotion) || this.#isLate()) return
    if (this.#direct === undefined) {
      if (promotion !== undefined) setPromotion(span, promotion)
      this.#waits(this.#waiting.push(span))
    } else if (promotion !== undefined) this.#keep(this.#direct, span, promotion)
    else if (this.#direct.takeSpan(span)) this.#waits(++this.#unsent)
  }

  #keep(exporter: FeatureUsageExporter, span: ReadableSpan, promotion: Promotion | DecidePromotion): void {
    // Exporters that come later learn of it, and processors after this one.
    setPromotion(span, promotion)
    exporter.keepSpan(span, promotion)
    this.#waits(++this.#unsent)
  }

  /** What becomes of a span that was left until somebody asks. */
  readonly #decide: DecidePromotion = (span) => {
    try {
      const promotion = this.#promotion?.end(span)
      return this.#selects(span, promotion) ? promotion : undefined
    } catch (error) {
      this.#events.count('unmapped_span', () => `a span could not become a record: ${describeError(error)}`)
      return undefined
    }
  }

  /** By which spans of other instrumentation become features; undefined where none do. */
  get rules(): RuleSet | undefined {
    return this.#promotion?.rules
  }

  /** Whether calls of our own tracer may come as drafts, without a span. */
  get takesDrafts(): boolean {
    return this.#direct !== undefined && this.settings.enabled
  }

  /** Takes a call that ended and has no span. */
  takeDraft(draft: RecordDraft): void {
    if (!this.#selectsDraft(draft) || this.#isLate()) return
    if (this.#direct?.takeDraft(draft) === true) this.#waits(++this.#unsent)
  }

  #isLate(): boolean {
    if (this.#stopped === undefined) return false
    this.#events.count('late_record', 'a tracked call ended after shutdown; it was not stored')
    return true
  }

  /** Whether features came since the last flush: of a store that cannot be written, a second flush brings no more. */
  get hasNews(): boolean {
    return this.#hasNews
  }

  #waits(count: number): void {
    this.#hasNews = true
    if (count >= this.settings.flushInterval) this.exportWaiting()
    else this.#timer ??= setTimeout(() => this.exportWaiting(), FLUSH_AFTER_MS).unref()
  }

  /** Resolves when every span that ended before has been exported, well or not. */
  async forceFlush(): Promise<void> {
    this.#hasNews = false
    this.exportWaiting()
    // With nothing to wait for, the exporter is asked at once: then what was sent and the question cross in one message.
    if (this.#underWay.size > 0) await Promise.all(this.#underWay)
    await this.exporter.forceFlush?.()
  }

  /** Flushes and shuts the exporter down. Spans that end later are counted; a second call waits for the first. */
  shutdown(): Promise<void> {
    this.#stopped ??= this.#shutdown()
    return this.#stopped
  }

  /** Hands what waits to the exporter without waiting for it. */
  exportWaiting(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#unsent > 0) {
      this.#unsent = 0
      this.#direct?.send()
    }
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    const size = this.settings.maxBatchSize
    for (let from = 0; from < waiting.length; from += size) this.#export(waiting.slice(from, from + size))
  }

  async #shutdown(): Promise<void> {
    try {
      await this.forceFlush()
    } finally {
      liveProcessors.delete(this)
      await this.exporter.shutdown()
    }
  }

  #export(batch: ReadableSpan[]): void {
    const exported = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, EXPORT_PATIENCE_MS).unref()
      context.with(context.active().setValue(SUPPRESS_TRACING, true), () => {
        try {
          this.exporter.export(batch, () => {
            clearTimeout(timer)
            resolve()
          })
        } catch (error) {
          this.#events.count('write_failed', () => `the exporter threw: ${describeError(error)}`, batch.length)
          resolve()
        }
      })
    })
    this.#underWay.add(exported)
    void exported.then(() => this.#underWay.delete(exported))
  }
}

function isExporter(value: unknown): value is SpanExporter {
  return typeof value === 'object' && value !== null && typeof (value as SpanExporter).export === 'function'
}
