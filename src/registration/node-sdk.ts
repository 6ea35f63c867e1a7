import { listOf, type Settings } from '../config/index.js'
import { environmentSampler, featureSampler } from '../pipeline/index.js'
import type { Application } from './application.js'
import { AUTO_INSTRUMENTATIONS } from './instrumentation-packages.js'
import type { Instrumentation } from './instrumentations.js'

export const SDK_NODE = '@opentelemetry/sdk-node'

/** What is started, whichever SDK starts it. */
export interface StartedSdk {
  shutdown(): Promise<void>
}

interface NodeSdk extends StartedSdk {
  start(): void
}

type NodeSdkClass = new (configuration: Readonly<Record<string, unknown>>) => NodeSdk

export interface SdkParts {
  readonly settings: Settings
  readonly spanProcessors: readonly unknown[]
  readonly instrumentations: readonly Instrumentation[]
  readonly environment: NodeJS.ProcessEnv
}

/** The application's NodeSDK, whichever release, or undefined where it has none. */
export async function loadNodeSdk(application: Application): Promise<NodeSdkClass | undefined> {
  const auto = application.resolve(AUTO_INSTRUMENTATIONS)
  const loaded =
    (await application.load<{ NodeSDK: NodeSdkClass }>(SDK_NODE)) ??
    (auto === undefined ? undefined : await application.load<{ NodeSDK: NodeSdkClass }>(SDK_NODE, auto))
  return loaded?.NodeSDK
}

/**
 * Starts NodeSDK with our processor. Resource, propagators, span limits and log level it takes from the standard
 * variables by itself, and metrics and logs where they are asked for.
 */
export async function startNodeSdk(
  NodeSDK: NodeSdkClass,
  application: Application,
  parts: SdkParts,
): Promise<StartedSdk> {
  const { settings, environment } = parts
  const sdk = new NodeSDK({
    spanProcessors: parts.spanProcessors,
    instrumentations: parts.instrumentations,
    sampler: featureSampler(environmentSampler(environment)),
    ...(asksFor('METRICS', settings, environment) ? {} : { metricReaders: [] }),
    ...(asksFor('LOGS', settings, environment) ? {} : { logRecordProcessors: [] }),
    ...(await resourceDetectors(application, environment)),
  })
  sdk.start()
  return sdk
}

/**
 * Whether metrics or logs are to be sent. NodeSDK's default sends them to this machine's port 4318; here they leave only
 * when a variable names their exporter, or an endpoint and `FEATURE_TRACKING_OTLP` lets everything go.
 */
function asksFor(signal: 'METRICS' | 'LOGS', settings: Settings, environment: NodeJS.ProcessEnv): boolean {
  const exporters = listOf(environment[`OTEL_${signal}_EXPORTER`])
  if (exporters.length > 0) return !exporters.includes('none')
  if (settings.otlp !== 'all') return false
  const endpoint = environment[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] ?? environment['OTEL_EXPORTER_OTLP_ENDPOINT']
  return (endpoint ?? '').trim() !== ''
}

/** Detectors of clouds and containers come with the auto-instrumentations; they ask the network, so only when named. */
async function resourceDetectors(
  application: Application,
  environment: NodeJS.ProcessEnv,
): Promise<{ resourceDetectors?: unknown }> {
  if (listOf(environment['OTEL_NODE_RESOURCE_DETECTORS']).length === 0) return {}
  const auto = await application.load<{ getResourceDetectors?(): unknown }>(AUTO_INSTRUMENTATIONS)
  return auto?.getResourceDetectors === undefined ? {} : { resourceDetectors: auto.getResourceDetectors() }
}
