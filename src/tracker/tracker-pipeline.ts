import { trace, type Tracer, type TracerProvider } from '@opentelemetry/api'
import { FeatureUsageExporter, liveExporters } from '../../exporters/index.js'
import type { Settings } from '../config/index.js'
import type { EventCounter } from '../health/index.js'
import {
  beforeProcessEnd,
  ensureContextManager,
  FeatureSpanProcessor,
  FeatureTracerProvider,
  liveProcessors,
  otlpProcessor,
  registeredProvider,
} from '../pipeline/index.js'
import { SCOPE_NAME } from '../span/index.js'
import type { Durability, SinkHealth } from '../store/index.js'
import { VERSION } from './version.js'

export interface TrackerPipelineOptions {
  /** Whether the application's provider is used where there is one. */
  readonly usesGlobal: boolean
  readonly sessionId: string
  readonly events: EventCounter
  /** Asked for at first use. */
  readonly settings: () => Settings
  /** The file that was asked for by an argument. */
  readonly dbPath: string | undefined
  readonly exitTimeout: number | undefined
  readonly durability: Durability | undefined
  /** Ends what is still open when the process ends. */
  readonly endOpen: () => void
}

/** Where a tracker's spans go: into the application's pipeline, or one of its own. */
export class TrackerPipeline {
  readonly #options: TrackerPipelineOptions
  #own: { provider: FeatureTracerProvider; processor: FeatureSpanProcessor } | undefined
  #tracerOf: { provider: TracerProvider; tracer: Tracer } | undefined
  #forgetEnd: (() => void) | undefined

  constructor(options: TrackerPipelineOptions) {
    this.#options = options
  }

  /** Asked at each call: an application may register its provider after ours, or replace it. */
  tracer(): Tracer {
    const provider = this.#options.usesGlobal ? this.#globalProvider() : this.#ownPipeline().provider
    if (this.#tracerOf?.provider !== provider) this.#use(provider)
    return (this.#tracerOf as { tracer: Tracer }).tracer
  }

  /** Whether spans may become the active ones: not in another pipeline's traces. */
  activatesSpans(): boolean {
    return this.#options.usesGlobal || registeredProvider() === undefined
  }

  /** Those whose records a reader of this tracker is expected to see. */
  processors(): Iterable<{ forceFlush(): Promise<void> }> {
    const own = this.#own === undefined ? [] : [this.#own.processor]
    return this.#options.usesGlobal ? new Set([...own, ...liveProcessors]) : own
  }

  /** Where the application gave its own FeatureSpanProcessor another file, the default tracker reads that one. */
  dbPath(): string {
    const { usesGlobal, dbPath, settings } = this.#options
    if (usesGlobal && this.#own === undefined && dbPath === undefined)
      for (const { exporter } of liveProcessors)
        if (exporter instanceof FeatureUsageExporter) return exporter.settings.dbPath
    return settings().dbPath
  }

  /** How the writer of the records is; undefined before the first of them, and where it does not say. */
  storeHealth(): SinkHealth | undefined {
    const live = this.#options.usesGlobal ? [...liveProcessors].map(({ exporter }) => exporter) : []
    for (const exporter of [this.#own?.processor.exporter, ...live])
      if (exporter instanceof FeatureUsageExporter) return exporter.health()
    return undefined
  }

  async shutdown(): Promise<void> {
    this.#forgetEnd?.()
    await this.#own?.provider.shutdown()
  }

  #use(provider: TracerProvider): void {
    this.#tracerOf = { provider, tracer: provider.getTracer(SCOPE_NAME, VERSION) }
    this.#forgetEnd ??= beforeProcessEnd(this.#options.endOpen)
  }

  #globalProvider(): TracerProvider {
    const registered = registeredProvider()
    if (registered === undefined) {
      const { provider } = this.#ownPipeline()
      trace.setGlobalTracerProvider(provider)
      return provider
    }
    if (liveProcessors.size === 0 && liveExporters.size === 0)
      this.#options.events.count(
        'no_processor',
        'the registered OpenTelemetry provider has no FeatureSpanProcessor, so no feature is stored. Add `new FeatureSpanProcessor()` from @cloudcurio/feature-tracking/pipeline to its spanProcessors.',
      )
    return registered
  }

  #ownPipeline(): { provider: FeatureTracerProvider; processor: FeatureSpanProcessor } {
    if (this.#own !== undefined) return this.#own
    ensureContextManager()
    const { events, sessionId, exitTimeout, durability } = this.#options
    const options = { ...this.#options.settings(), events, exitTimeout }
    const processor = new FeatureSpanProcessor(new FeatureUsageExporter({ ...options, sessionId, durability }), options)
    const otlp = otlpProcessor(this.#options.settings(), events, exitTimeout)
    const provider = new FeatureTracerProvider(otlp === undefined ? [processor] : [processor, otlp], VERSION)
    this.#own = { provider, processor }
    return this.#own
  }
}
