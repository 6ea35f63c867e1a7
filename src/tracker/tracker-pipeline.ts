import type { Span, Tracer, TracerProvider } from '@opentelemetry/api'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { beforeProcessEnd, liveProcessors, offerProvider, registeredProvider } from '../pipeline/index.js'
import { type LateSpans, SCOPE_NAME } from '../span/index.js'
import type { SinkHealth } from '../store/index.js'
import { applicationsExporter, applicationsProcessor } from './applications-parts.js'
import { BesideRecorder } from './beside.js'
import { diagnose } from './diagnose.js'
import type { HostDiagnosis } from './diagnosis.js'
import type { TrackerHealth } from './health.js'
import { OwnPipeline, type OwnPipelineOptions } from './own-pipeline.js'
import { isSdkDisabled } from './sdk-disabled.js'
import { VERSION } from './version.js'

export interface TrackerPipelineOptions extends Omit<OwnPipelineOptions, 'sendsSpans'> {
  /** Whether the application's provider is used where there is one. */
  readonly usesGlobal: boolean
  /** The file that was asked for by an argument. */
  readonly dbPath: string | undefined
  /** Ends what is still open when the process ends. */
  readonly endOpen: () => void
}

/** Where a tracker's spans go: into the application's pipeline, or one of its own. */
export class TrackerPipeline {
  readonly #options: TrackerPipelineOptions
  readonly #own: OwnPipeline
  readonly #beside: BesideRecorder
  #tracerOf: { provider: TracerProvider; tracer: Tracer } | undefined
  #forgetEnd: (() => void) | undefined

  constructor(options: TrackerPipelineOptions) {
    this.#options = options
    this.#own = new OwnPipeline({ ...options, sendsSpans: () => !options.usesGlobal || !isSdkDisabled() })
    this.#beside = new BesideRecorder(this.#own, options.events)
  }

  /** Asked at each call: an application may register its provider after the first call, or replace it. */
  tracer(): Tracer {
    const provider = this.#options.usesGlobal ? this.#globalProvider() : this.#own.provider()
    if (this.#tracerOf?.provider !== provider) this.#use(provider)
    return (this.#tracerOf as { tracer: Tracer }).tracer
  }

  /** Whether spans may become the active ones: not in another pipeline's traces. */
  activatesSpans(): boolean {
    return this.#options.usesGlobal || registeredProvider() === undefined
  }

  /** Where a call is recorded whose span no FeatureSpanProcessor saw; undefined where its span is enough. */
  recorderBeside(span: Span): LateSpans | undefined {
    return this.#options.usesGlobal ? this.#beside.for(span) : undefined
  }

  /** Which kind of application this is, and what is attached. */
  diagnose(enabled: boolean, health: TrackerHealth): HostDiagnosis {
    return diagnose({ usesGlobal: this.#options.usesGlobal, enabled, health, own: this.#own.madeProvider })
  }

  /** Those whose records a reader of this tracker is expected to see. */
  processors(): Iterable<{ forceFlush(): Promise<void> }> {
    const own = this.#own.processor === undefined ? [] : [this.#own.processor]
    return this.#options.usesGlobal ? new Set([...own, ...liveProcessors]) : own
  }

  /** Where the application gave its own processor or exporter another file, the default tracker reads that one. */
  dbPath(): string {
    const { usesGlobal, dbPath, settings } = this.#options
    if (usesGlobal && this.#own.processor === undefined && dbPath === undefined) {
      const exporter = applicationsProcessor()?.exporter
      if (exporter instanceof FeatureUsageExporter) return exporter.settings.dbPath
    }
    return settings().dbPath
  }

  /** How the writer of the records is; undefined before the first of them, and where it does not say. */
  storeHealth(): SinkHealth | undefined {
    const live = this.#options.usesGlobal ? [applicationsProcessor()?.exporter, applicationsExporter()] : []
    for (const exporter of [this.#own.processor?.exporter, ...live])
      if (exporter instanceof FeatureUsageExporter) return exporter.health()
    return undefined
  }

  async shutdown(): Promise<void> {
    this.#forgetEnd?.()
    await this.#own.shutdown()
  }

  #use(provider: TracerProvider): void {
    if (this.#tracerOf !== undefined) this.#beside.forget()
    this.#tracerOf = { provider, tracer: provider.getTracer(SCOPE_NAME, VERSION) }
    this.#forgetEnd ??= beforeProcessEnd(this.#options.endOpen)
  }

  #globalProvider(): TracerProvider {
    const registered = registeredProvider()
    if (registered !== undefined) return registered
    const own = this.#own.provider()
    // Without the SDK the application's other spans are to stay what they are: nothing.
    if (!isSdkDisabled()) offerProvider(own)
    return own
  }
}
