import { createRequire } from 'node:module'
import {
  type Context,
  context,
  createContextKey,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  trace,
  type Tracer,
  type TracerOptions,
  type TracerProvider,
} from '@opentelemetry/api'
import type { ResourceDetector } from '@opentelemetry/resources'
import type { BasicTracerProvider, ReadableSpan, Sampler, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { type LateSpans, SCOPE_NAME } from '../span/index.js'
import { environmentSampler } from './environment-sampler.js'
import { FeatureSpanProcessor } from './feature-span-processor.js'
import { FeatureTracer } from './feature-tracer.js'
import { recordingSampler } from './sampler.js'

const require = createRequire(import.meta.url)

/**
 * Our own provider, for a process that has none: feature spans are FeatureSpans; every other tracer is the SDK's, which
 * is loaded when the first one is asked for.
 */
export class FeatureTracerProvider implements TracerProvider {
  readonly #processors: readonly SpanProcessor[]
  readonly #featureTracer: FeatureTracer
  readonly #resource: () => ReadableSpan['resource']
  #sdk: BasicTracerProvider | undefined

  /** @param detectors find out what the resource is; the default reads the standard variables */
  constructor(processors: readonly SpanProcessor[], version?: string, detectors?: ResourceDetector[]) {
    this.#processors = processors
    this.#resource = ownResource(detectors)
    this.#featureTracer = new FeatureTracer(processors, this.#resource, version)
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    return name === SCOPE_NAME ? this.#featureTracer : this.#getSdk().getTracer(name, version, options)
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#processors.map((processor) => processor.forceFlush()))
  }

  async shutdown(): Promise<void> {
    await Promise.all(this.#processors.map((processor) => processor.shutdown()))
  }

  #getSdk(): BasicTracerProvider {
    if (this.#sdk === undefined) {
      const sdk = require('@opentelemetry/sdk-trace-base') as typeof import('@opentelemetry/sdk-trace-base')
      this.#sdk = new sdk.BasicTracerProvider({
        resource: this.#resource(),
        spanProcessors: [...this.#processors],
        ...this.#samplerOptions(),
      })
    }
    return this.#sdk
  }

  /** Where spans are promoted, none that may become a record is lost to sampling; else the SDK decides as ever. */
  #samplerOptions(): { sampler?: Sampler } {
    const ours = this.#processors.find((processor) => processor instanceof FeatureSpanProcessor)
    const rules = ours?.rules
    return rules === undefined ? {} : { sampler: recordingSampler(environmentSampler(), rules) }
  }
}

/** Records calls beside a pipeline that does not have our processor: as drafts, or as spans that only this one sees. */
export function recorderOver(processor: SpanProcessor, version?: string): LateSpans {
  return new FeatureTracer([processor], ownResource(undefined), version)
}

/** What the detectors find, by default the standard variables (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`), when asked. */
function ownResource(detectors: ResourceDetector[] | undefined): () => ReadableSpan['resource'] {
  let resource: ReadableSpan['resource'] | undefined
  return () => {
    if (resource === undefined) {
      const resources = require('@opentelemetry/resources') as typeof import('@opentelemetry/resources')
      const named = resources.detectResources({ detectors: detectors ?? [resources.envDetector] })
      resource = resources.defaultResource().merge(named)
    }
    return resource
  }
}

/** The provider that is in force, or undefined when there is none. */
export function registeredProvider(): TracerProvider | undefined {
  const provider = trace.getTracerProvider()
  if (!(provider instanceof ProxyTracerProvider)) return provider
  const delegate = provider.getDelegate()
  return delegate === NO_PROVIDER ? undefined : delegate
}

const NO_PROVIDER = new ProxyTracerProvider().getDelegate()

/**
 * Makes a provider the one in force until the application registers its own: the API refuses a second registration, so
 * that one of ours would cost an application that starts its SDK late all its traces.
 */
export function offerProvider(provider: TracerProvider): void {
  const proxy = trace.getTracerProvider()
  if (proxy instanceof ProxyTracerProvider) proxy.setDelegate(provider)
}

/** Makes sure that contexts follow the application through its async calls; what is registered already stays. */
export function ensureContextManager(): void {
  if (contextsWork()) return
  const { AsyncLocalStorageContextManager } =
    require('@opentelemetry/context-async-hooks') as typeof import('@opentelemetry/context-async-hooks')
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
}

/** Whether the registered context manager keeps what it is given. */
export function contextsWork(): boolean {
  const key = createContextKey('cloudcurio.probe')
  const probe: Context = ROOT_CONTEXT.setValue(key, true)
  return context.with(probe, () => context.active().getValue(key) === true)
}
