import type { TracerProvider } from '@opentelemetry/api'
import { FeatureUsageExporter } from '../../exporters/index.js'
import type { Settings } from '../config/index.js'
import type { EventCounter } from '../health/index.js'
import {
  ensureContextManager,
  FeatureSpanProcessor,
  FeatureTracerProvider,
  otlpProcessor,
  recorderOver,
} from '../pipeline/index.js'
import type { LateSpans } from '../span/index.js'
import type { Durability } from '../store/index.js'
import { VERSION } from './version.js'

export interface OwnPipelineOptions {
  readonly sessionId: string
  readonly events: EventCounter
  /** Asked for at first use. */
  readonly settings: () => Settings
  readonly exitTimeout: number | undefined
  readonly durability: Durability | undefined
  /** Whether spans may go out over OTLP. */
  readonly sendsSpans: () => boolean
}

/** Processors and exporters that trackers made for themselves; all others are the application's. */
const madeByTrackers = new WeakSet()

export function isApplications(part: object): boolean {
  return !madeByTrackers.has(part)
}

export function markAsOurs(part: object): void {
  madeByTrackers.add(part)
}

/** What a tracker has for itself: made when the first call needs it, and then used for both kinds of calls. */
export class OwnPipeline {
  readonly #options: OwnPipelineOptions
  #processor: FeatureSpanProcessor | undefined
  #provider: FeatureTracerProvider | undefined
  #recorder: LateSpans | undefined

  constructor(options: OwnPipelineOptions) {
    this.#options = options
  }

  /** Where features are stored; undefined before the first. */
  get processor(): FeatureSpanProcessor | undefined {
    return this.#processor
  }

  /** The provider, if there is one by now. */
  get madeProvider(): TracerProvider | undefined {
    return this.#provider
  }

  /** For calls in an application without a provider. */
  provider(): TracerProvider {
    if (this.#provider === undefined) {
      ensureContextManager()
      const processor = this.#getProcessor()
      const { events, exitTimeout, sendsSpans, settings } = this.#options
      const otlp = sendsSpans() ? otlpProcessor(settings(), events, exitTimeout) : undefined
      this.#provider = new FeatureTracerProvider(otlp === undefined ? [processor] : [processor, otlp], VERSION)
    }
    return this.#provider
  }

  /** For calls whose spans are in a pipeline of the application's. */
  recorder(): LateSpans {
    this.#recorder ??= recorderOver(this.#getProcessor(), VERSION)
    return this.#recorder
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.#provider?.shutdown(), this.#processor?.shutdown()])
  }

  #getProcessor(): FeatureSpanProcessor {
    if (this.#processor === undefined) {
      const { events, sessionId, exitTimeout, durability } = this.#options
      const options = { ...this.#options.settings(), events, exitTimeout }
      const exporter = new FeatureUsageExporter({ ...options, sessionId, durability })
      this.#processor = new FeatureSpanProcessor(exporter, options)
      markAsOurs(exporter)
      markAsOurs(this.#processor)
    }
    return this.#processor
  }
}
