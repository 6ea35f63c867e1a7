import type { Span } from '@opentelemetry/api'
import { type FeatureUsageExporter, liveExporters } from '../../exporters/index.js'
import type { EventCounter } from '../health/index.js'
import { FeatureSpanProcessor, liveProcessors, recorderOver } from '../pipeline/index.js'
import type { LateSpans } from '../span/index.js'
import { applicationsExporter, applicationsProcessor, isExported } from './applications-parts.js'
import { markAsOurs, type OwnPipeline } from './own-pipeline.js'
import { VERSION } from './version.js'

/**
 * Finds where calls are recorded whose spans no FeatureSpanProcessor saw: the application's provider has none, or did
 * not record the span. Where the application made a processor or an exporter of ours, its records belong there; else to
 * the tracker's own pipeline.
 */
export class BesideRecorder {
  readonly #own: OwnPipeline
  readonly #events: EventCounter
  /** How many processors and exporters there were when it was looked for the application's. */
  #parts = -1
  #exporter: FeatureUsageExporter | undefined
  /** Stays when its processor is shut down: that counts what comes late. */
  #applications: LateSpans | undefined

  constructor(own: OwnPipeline, events: EventCounter) {
    this.#own = own
    this.#events = events
  }

  /** @returns undefined where the span comes to an exporter of ours by another way */
  for(span: Span): LateSpans | undefined {
    if (liveProcessors.size + liveExporters.size !== this.#parts) this.#look()
    if (this.#exporter !== undefined && isExported(span)) return undefined
    return this.#applications ?? this.#own.recorder()
  }

  /** The application has another provider, to which what was found need not belong. */
  forget(): void {
    this.#parts = -1
    this.#exporter = undefined
    this.#applications = undefined
  }

  #look(): void {
    const processor = applicationsProcessor()
    const exporter = processor === undefined ? applicationsExporter() : undefined
    if (processor !== undefined) this.#applications = recorderOver(processor, VERSION)
    else if (exporter !== undefined && exporter !== this.#exporter) this.#applications = this.#over(exporter)
    this.#exporter = exporter
    this.#parts = liveProcessors.size + liveExporters.size
  }

  /** Features that are not sampled do not come to an exporter that works under a processor of the SDK's. */
  #over(exporter: FeatureUsageExporter): LateSpans {
    const processor = new FeatureSpanProcessor(exporter, { ...exporter.settings, events: this.#events })
    markAsOurs(processor)
    return recorderOver(processor, VERSION)
  }
}
