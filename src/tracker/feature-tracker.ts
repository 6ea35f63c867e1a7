import { CurrentKey, excludeMatcher, resolveSettings, type SettingOptions, type Settings } from '../config/index.js'
import { EventCounter, processEvents } from '../health/index.js'
import { type McpTrackOptions, trackModule, trackServer } from '../mcp/index.js'
import { EXIT_TIMEOUT, requireExitTimeout, requireRules } from '../pipeline/index.js'
import { type FeatureCategory, type FeatureUsageRecord, PseudonymCache } from '../record/index.js'
import {
  type Durability,
  type FeatureStoreReader,
  type FeatureSummary,
  type RecordFilter,
  type RecordQuery,
  requireDurability,
  type SeriesPoint,
  type SeriesQuery,
  SqliteReader,
  StoreError,
  type TopFeaturesQuery,
  type UsageStats,
} from '../store/application/index.js'
import {
  type ActiveFeature,
  type ContextCarrier,
  type CustomCompletion,
  type FeatureDecorator,
  type FeatureOptions,
  type InstrumentOptions,
  Tracking,
  type TrackingHost,
  type TrackOptions,
} from '../tracking/index.js'
import { mcpTracker } from './mcp.js'
import { NO_CALLS } from './no-calls.js'
import type { HostDiagnosis } from './diagnosis.js'
import type { TrackerHealth } from './health.js'
import { TrackerPipeline } from './tracker-pipeline.js'

export interface FeatureTrackerOptions extends SettingOptions {
  /** The session that records belong to; the default is a new one for this tracker. */
  sessionId?: string | undefined
  /** Seconds for which the end of the process may be held up to store what waits. Default 2. */
  exitTimeout?: number | undefined
  /**
   * What `kill -9` may take along. `batch`: the records of one flush interval. `process`: nothing, for some microseconds
   * more in each call. Default `batch`.
   */
  durability?: Durability | undefined
}

/**
 * Tracks calls and answers questions about them. A tracker made with `new` has a pipeline and a file of its own; the
 * exported `featureTracker` uses the application's OpenTelemetry provider where there is one.
 *
 * Nothing is opened, started or read before the first use, except that a bad option throws at once.
 */
export class FeatureTracker {
  readonly #options: FeatureTrackerOptions
  readonly #events: EventCounter
  readonly #sessionId: string
  readonly #tracking: Tracking
  readonly #pipeline: TrackerPipeline
  #settings: Settings | undefined
  #pseudonyms: PseudonymCache | undefined
  #reader: { path: string; reader: FeatureStoreReader } | undefined
  #stopped: Promise<void> | undefined

  /** @throws TypeError when an option is bad */
  constructor(options: FeatureTrackerOptions = {}, internal: { usesGlobal?: boolean } = {}) {
    resolveSettings(options, {})
    if (typeof options.rules === 'object') requireRules(options.rules)
    requireDurability(options.durability)
    requireExitTimeout(options.exitTimeout ?? EXIT_TIMEOUT)
    this.#options = options
    const usesGlobal = internal.usesGlobal ?? false
    this.#events = usesGlobal ? processEvents : new EventCounter()
    this.#sessionId = options.sessionId ?? globalThis.crypto.randomUUID()
    this.#pipeline = new TrackerPipeline({
      usesGlobal,
      sessionId: this.#sessionId,
      events: this.#events,
      settings: () => this.settings,
      dbPath: options.dbPath,
      exitTimeout: options.exitTimeout,
      durability: options.durability,
      endOpen: () => {
        this.#tracking.endOpen()
      },
    })
    this.#tracking = new Tracking(this.#host())
  }

  /** The settings in force, read from arguments and environment at first use. */
  get settings(): Settings {
    this.#settings ??= resolveSettings(this.#options, process.env, (message) => {
      this.#events.count('setting_ignored', message, 1, message)
    })
    return this.#settings
  }

  get sessionId(): string {
    return this.#sessionId
  }

  /**
   * Wraps a function, or decorates a method (TC39 or TypeScript's legacy decorators), so that each call is recorded. The
   * function's value, error, `this`, name and length stay what they are.
   *
   * @throws TypeError or RangeError when an option is bad
   */
  trackFeature(featureName: string, category?: FeatureCategory, options?: Partial<TrackOptions>): FeatureDecorator
  trackFeature(options: TrackOptions): FeatureDecorator
  trackFeature(
    nameOrOptions: string | TrackOptions,
    category?: FeatureCategory,
    options?: Partial<TrackOptions>,
  ): FeatureDecorator {
    return this.#tracking.trackFeature(nameOrOptions, category, options)
  }

  /** Runs a block as one use of a feature, and gives back what it gives. */
  withFeature<R>(options: TrackOptions, work: (feature: ActiveFeature) => R): R {
    return this.#tracking.withFeature(options, work)
  }

  /**
   * Puts tracked functions in the place of an object's methods, or of those of all instances of a class. The object
   * stays itself; no getter runs; to instrument twice is to instrument once.
   *
   * @returns puts the methods back
   * @throws TypeError when something is bad or cannot be replaced; nothing has changed then
   */
  instrument(object: object, options: InstrumentOptions): () => void {
    return this.#tracking.instrument(object, options)
  }

  /**
   * Tracks the tool, resource and prompt calls of an MCP server of the official SDK, version 1 or 2, whether they are
   * registered before or after.
   *
   * @param server an `McpServer` or a low-level `Server`; one that is tracked already stays as it is
   * @returns ends the tracking
   * @throws TypeError when it is no such server
   */
  trackMcpServer(server: object, options: McpTrackOptions = {}): () => void {
    return trackServer(server, options, mcpTracker(this, this.#events))
  }

  /**
   * The same for every server that a module of the SDK will make.
   * @param exports what the module exports; without `McpServer` and `Server` nothing happens
   */
  trackMcpModule(exports: object, options: McpTrackOptions = {}): () => void {
    return trackModule(exports, options, mcpTracker(this, this.#events))
  }

  /**
   * Starts a use of a feature that is completed by hand, perhaps in another async context.
   * @returns the id of the record that it will become
   */
  startCustomTracking(featureName: string, category?: FeatureCategory, options?: Partial<FeatureOptions>): string
  startCustomTracking(options: FeatureOptions): string
  startCustomTracking(
    nameOrOptions: string | FeatureOptions,
    category?: FeatureCategory,
    options?: Partial<FeatureOptions>,
  ): string {
    return this.#tracking.startCustomTracking(nameOrOptions, category, options)
  }

  /** Completes it. An id that is not open (any more) is counted and warned about once. */
  completeCustomTracking(recordId: string, completion: CustomCompletion): void {
    this.#tracking.completeCustomTracking(recordId, completion)
  }

  /** The active trace, user and session as plain texts, to be sent along with work to a worker or child process. */
  carryContext(): ContextCarrier {
    return this.#tracking.carryContext()
  }

  /** Resolves when every call that has ended is stored, or refused by the store. */
  async flush(): Promise<void> {
    await Promise.all(Array.from(this.#pipeline.processors(), (processor) => processor.forceFlush()))
  }

  /** The records of calls that have ended, the latest first. */
  async getAllRecords(query: RecordQuery = {}): Promise<FeatureUsageRecord[]> {
    return this.#ask((reader) => reader.getRecords(query), [])
  }

  /** What the calls of one feature come to. */
  async getFeatureStats(featureName: string, category?: FeatureCategory): Promise<UsageStats> {
    return this.getUsageStats({ featureName, category })
  }

  /** What all calls under a filter come to. */
  async getUsageStats(filter: RecordFilter = {}): Promise<UsageStats> {
    return this.#ask((reader) => reader.getUsageStats(filter), { ...NO_CALLS })
  }

  /** Features by number of calls, most used first. */
  async getTopFeatures(query: number | TopFeaturesQuery = {}): Promise<FeatureSummary[]> {
    return this.#ask((reader) => reader.getTopFeatures(typeof query === 'number' ? { limit: query } : query), [])
  }

  /** The calls of each hour or day under a filter, the earliest first. */
  async getSeries(query: SeriesQuery): Promise<SeriesPoint[]> {
    return this.#ask((reader) => reader.getSeries(query), [])
  }

  /** What went wrong so far, and how the store is. */
  health(): TrackerHealth {
    return { events: this.#events.counts(), dbPath: this.#pipeline.dbPath(), store: this.#pipeline.storeHealth() }
  }

  /**
   * Which kind of application this is, what is attached to its OpenTelemetry provider as far as that shows, what is lost
   * and what to do. It opens nothing and changes nothing.
   */
  diagnose(): HostDiagnosis {
    return this.#pipeline.diagnose(this.settings.enabled, this.health())
  }

  /**
   * Stores what has ended, records what is still open as `partial`, and lets go of thread and files. Calls that are
   * tracked later still run; they are counted and not stored. May be called twice.
   */
  shutdown(): Promise<void> {
    this.#stopped ??= this.#shutdown()
    return this.#stopped
  }

  async #shutdown(): Promise<void> {
    this.#tracking.endOpen()
    await this.flush()
    await this.#pipeline.shutdown()
    await this.#reader?.reader.close()
    this.#reader = undefined
  }

  #host(): TrackingHost {
    // oxlint-disable-next-line typescript/no-this-alias -- getters of an object literal have their own `this`
    const tracker = this
    let isExcluded: ((featureName: string) => boolean) | undefined
    return {
      get enabled() {
        return tracker.settings.enabled
      },
      get maxMetadataSize() {
        return tracker.settings.maxMetadataSize
      },
      get acceptsBaggage() {
        return tracker.settings.acceptBaggage
      },
      sessionId: this.#sessionId,
      isExcluded: (name) => (isExcluded ??= excludeMatcher(this.settings.exclude))(name),
      tracer: () => this.#pipeline.tracer(),
      activatesSpans: () => this.#pipeline.activatesSpans(),
      recorderBeside: (span) => this.#pipeline.recorderBeside(span),
      pseudonym: (userId) => (this.settings.anonymize ? this.#pseudonym(userId) : undefined),
      count: (event, detail) => {
        this.#events.count(event, detail)
      },
    }
  }

  #pseudonym(userId: string): string {
    if (this.#pseudonyms === undefined) {
      const key = new CurrentKey(this.settings.dbPath)
      this.#pseudonyms = new PseudonymCache(() => key.get())
    }
    return this.#pseudonyms.pseudonym(userId)
  }

  async #ask<T>(question: (reader: FeatureStoreReader) => Promise<T>, nothing: T): Promise<T> {
    await this.flush()
    const path = this.#pipeline.dbPath()
    if (this.#reader?.path !== path) {
      await this.#reader?.reader.close()
      this.#reader = { path, reader: new SqliteReader(path) }
    }
    try {
      return await question(this.#reader.reader)
    } catch (error) {
      if (error instanceof StoreError && (error.code === 'not_found' || error.code === 'empty')) return nothing
      throw error
    }
  }
}
