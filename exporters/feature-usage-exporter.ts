import { context, createContextKey } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import { CurrentKey, resolveSettings, type SettingOptions, type Settings } from '../src/config/index.js'
import { describeError, type EventCounter, processEvents } from '../src/health/index.js'
import { type FeatureUsageRecord, PseudonymCache, type RecordDraft } from '../src/record/index.js'
import {
  type DecidePromotion,
  draftFromSpan,
  type MappingOptions,
  type Promotion,
  recordFromSpan,
  RememberedMetadata,
} from '../src/span/index.js'
import {
  type Durability,
  type FeatureStoreWriter,
  isDropReason,
  isRecordSink,
  type RecordSink,
  requireDurability,
  type SinkHealth,
  SqliteWriter,
} from '../src/store/application/index.js'

/** The values of `ExportResultCode` in `@opentelemetry/core`, which importing this file must not load. */
const SUCCESS = 0
const FAILED = 1

type ResultCallback = Parameters<SpanExporter['export']>[1]

interface KeptSpan {
  readonly span: ReadableSpan
  readonly promotion: Promotion | DecidePromotion
}

/** `suppressTracing` of `@opentelemetry/core`, by the key that it registers. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** Exporters that were made and not shut down. */
export const liveExporters = new Set<FeatureUsageExporter>()

/**
 * Spans that are kept at the most until they become records. Many in a row cost less than each by itself, when work of the
 * application's has filled the CPU's caches meanwhile.
 */
const MAX_KEPT_SPANS = 128

/** Records handed over and not yet committed, above which further ones are dropped and counted. */
const MAX_UNSETTLED_RECORDS = 200_000

export interface FeatureUsageExporterOptions extends Pick<SettingOptions, 'dbPath' | 'maxMetadataSize' | 'anonymize'> {
  /** Where records go; the default is the SQLite file at `dbPath`. */
  writer?: FeatureStoreWriter | undefined
  /** The session of spans that name none; the default is a new one for this exporter. */
  sessionId?: string | undefined
  /** Counts what goes wrong; the default is the counter of the default tracker. */
  events?: EventCounter | undefined
  /**
   * What `kill -9` may take along. `batch`: the records of one flush interval. `process`: nothing, for some microseconds
   * more in each call. Default `batch`.
   */
  durability?: Durability | undefined
}

/**
 * A SpanExporter that stores feature spans as FeatureUsageRecords. Spans that are no features are passed over. It
 * works under any standard span processor: it does not throw, keeps no span after `export`, and reports SUCCESS when the
 * records are committed and FAILED when the store refused them.
 */
export class FeatureUsageExporter implements SpanExporter {
  readonly settings: Settings
  readonly #writer: FeatureStoreWriter
  readonly #sink: RecordSink | undefined
  readonly #events: EventCounter
  readonly #mapping: MappingOptions
  /** Spans of `keepSpan` that are no records yet. */
  readonly #kept: KeptSpan[] = []
  readonly #maxKept: number
  #pseudonyms: PseudonymCache | undefined
  #unsettled = 0
  #stopped: Promise<void> | undefined

  /** @throws TypeError when an option is bad */
  constructor(options: FeatureUsageExporterOptions = {}) {
    this.#events = options.events ?? processEvents
    this.settings = resolveSettings(options, process.env, (message) => {
      this.#events.count('setting_ignored', message, 1, message)
    })
    this.#writer = options.writer ?? this.#sqliteWriter(options.durability)
    this.#sink = isRecordSink(this.#writer) ? this.#writer : undefined
    this.#maxKept = this.#sink?.durability === 'process' ? 1 : MAX_KEPT_SPANS
    this.#mapping = {
      maxMetadataSize: this.settings.maxMetadataSize,
      sessionId: options.sessionId ?? globalThis.crypto.randomUUID(),
      pseudonymize: this.settings.anonymize ? (userId) => this.#pseudonym(userId) : undefined,
      remembered: new RememberedMetadata(),
    }
    liveExporters.add(this)
  }

  /** How the writer is; undefined where it does not say. */
  health(): SinkHealth | undefined {
    this.#addKept()
    return this.#sink?.health()
  }

  export(spans: readonly ReadableSpan[], resultCallback: ResultCallback): void {
    if (this.#stopped !== undefined) {
      resultCallback({ code: FAILED, error: new Error('the exporter was shut down') })
      return
    }
    this.#addKept()
    const records = this.#records(spans)
    if (this.#unsettled + records.length > MAX_UNSETTLED_RECORDS) {
      this.#drop(records.length, resultCallback)
      return
    }
    this.#unsettled += records.length
    const stored = context.with(context.active().setValue(SUPPRESS_TRACING, true), () => this.#insert(records))
    stored.then(
      () => {
        this.#unsettled -= records.length
        resultCallback({ code: SUCCESS })
      },
      (error: unknown) => {
        this.#unsettled -= records.length
        this.#events.count('write_failed', `records could not be stored: ${describeError(error)}`, records.length)
        resultCallback({ code: FAILED, error: error instanceof Error ? error : new Error(describeError(error)) })
      },
    )
  }

  /** Resolves when everything exported before is committed or refused. */
  async forceFlush(): Promise<void> {
    this.#addKept()
    await this.#writer.flush()
  }

  /** Blocks until everything exported before is committed; for the end of a process. */
  drainSync(timeoutMs: number): boolean {
    this.#addKept()
    return this.#writer.drainSync(timeoutMs)
  }

  /** Commits what was exported before and lets go of the writer; a second call waits for the first. */
  shutdown(): Promise<void> {
    liveExporters.delete(this)
    this.#addKept()
    this.#stopped ??= this.#writer.close()
    return this.#stopped
  }

  /** Whether features can come one by one, by `takeSpan`, `keepSpan` and `takeDraft`: the writer has a cheap way in. */
  get takesOneByOne(): boolean {
    return this.#sink !== undefined
  }

  /**
   * Takes one finished span; it goes to the store with the next `send`. Nothing of the span is kept.
   * @param promotion what a rule made of it; that of `setPromotion` unless given
   * @returns false when it is no feature, or was dropped and counted
   */
  takeSpan(span: ReadableSpan, promotion?: Promotion): boolean {
    const draft = this.#mapped(span, draftFromSpan, promotion)
    return draft !== undefined && this.takeDraft(draft)
  }

  /**
   * Takes one finished span that a rule makes a feature, or may make one. It becomes a record together with others, with
   * the next `send` at the latest, and is kept until then. With durability `process` it does so at once.
   * @param promotion what the rule made of it, or who decides that when the span becomes a record
   */
  keepSpan(span: ReadableSpan, promotion: Promotion | DecidePromotion): void {
    if (this.#kept.push({ span, promotion }) >= this.#maxKept) this.#addKept()
  }

  /** Takes what became of a call that has no span. @returns false when it was dropped and counted */
  takeDraft(draft: RecordDraft): boolean {
    return this.#sink?.add(draft) ?? false
  }

  /** Hands what was taken to the store, without waiting for it. */
  send(): void {
    this.#addKept()
    this.#sink?.send()
  }

  #sqliteWriter(durability: Durability | undefined): SqliteWriter {
    return new SqliteWriter(this.settings.dbPath, {
      durability: requireDurability(durability),
      retention: { days: this.settings.retentionDays, maxBytes: this.settings.maxDbSize },
      onProblem: (topic, message, count) => {
        this.#events.count(isDropReason(topic) ? 'record_dropped' : topic, message, Math.max(1, count), topic)
      },
    })
  }

  #addKept(): void {
    if (this.#kept.length === 0) return
    for (const { span, promotion } of this.#kept.splice(0)) {
      const decided = typeof promotion === 'function' ? promotion(span) : promotion
      if (decided !== undefined) this.takeSpan(span, decided)
    }
  }

  #records(spans: readonly ReadableSpan[]): FeatureUsageRecord[] {
    return spans.map((span) => this.#mapped(span, recordFromSpan)).filter((record) => record !== undefined)
  }

  #mapped<T>(
    span: ReadableSpan,
    map: (span: ReadableSpan, options: MappingOptions, promotion?: Promotion) => T | undefined,
    promotion?: Promotion,
  ): T | undefined {
    try {
      return map(span, this.#mapping, promotion)
    } catch (error) {
      this.#events.count('unmapped_span', `a span could not become a record: ${describeError(error)}`)
      return undefined
    }
  }

  /** A writer of somebody else's may throw, or give no promise. */
  async #insert(records: readonly FeatureUsageRecord[]): Promise<number> {
    return this.#writer.insertRecords(records)
  }

  #drop(count: number, resultCallback: ResultCallback): void {
    const message = `more than ${MAX_UNSETTLED_RECORDS} records wait to be stored; further ones are dropped`
    this.#events.count('record_dropped', message, count)
    resultCallback({ code: FAILED, error: new Error(message) })
  }

  #pseudonym(userId: string): string {
    if (this.#pseudonyms === undefined) {
      const key = new CurrentKey(this.settings.dbPath)
      this.#pseudonyms = new PseudonymCache(() => key.get())
    }
    return this.#pseudonyms.pseudonym(userId)
  }
}
