import { ProxyTracerProvider, trace, type TracerProvider } from '@opentelemetry/api'
import { otlpEndpoint } from '../../exporters/index.js'
import {
  contextsWork,
  inspectProvider,
  liveProcessors,
  type ProviderParts,
  registeredProvider,
} from '../pipeline/index.js'
import { applicationsExporter, applicationsProcessor } from './applications-parts.js'
import type { AttachedParts, Finding, HostDiagnosis, HostKind } from './diagnosis.js'
import type { TrackerHealth } from './health.js'
import { isSdkDisabled } from './sdk-disabled.js'

/** What a diagnosis is made of. */
export interface Subject {
  readonly usesGlobal: boolean
  readonly enabled: boolean
  readonly health: TrackerHealth
  /** The tracker's own provider, if it has one by now. */
  readonly own: TracerProvider | undefined
}

export function diagnose(subject: Subject): HostDiagnosis {
  const registered = registeredProvider()
  const provider = registered === subject.own ? undefined : registered
  const parts = provider === undefined ? undefined : inspectProvider(provider)
  const host = kindOf(subject, parts)
  const worksInContext = contextsWork()
  const findings = [
    HOSTS[host],
    ...aboutSetUp(host, parts),
    ...aboutApi(host, worksInContext, provider !== undefined),
    ...aboutStore(subject),
  ].toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
  return { host, summary: HOSTS[host].message, findings, attached: attachedParts(subject, parts, worksInContext) }
}

const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'info']

function kindOf({ usesGlobal }: Subject, parts: ProviderParts | undefined): HostKind {
  if (!usesGlobal) return 'separate'
  if (parts === undefined) return isSdkDisabled() ? 'sdk_disabled' : 'no_provider'
  const hasOurs = parts.featureProcessors.length > 0 || applicationsProcessor() !== undefined
  return hasOurs || applicationsExporter() !== undefined ? 'cooperating' : 'guest'
}

const HOSTS: Readonly<Record<HostKind, Finding>> = {
  no_provider: {
    severity: 'info',
    code: 'no_provider',
    message: 'The application has no OpenTelemetry provider; features are stored by a pipeline of the library’s own.',
  },
  sdk_disabled: {
    severity: 'info',
    code: 'sdk_disabled',
    message: 'OTEL_SDK_DISABLED is true: features are stored, and no spans are made or sent.',
    remedy: 'Unset OTEL_SDK_DISABLED to have spans; set FEATURE_TRACKING_ENABLED=false to store no features.',
  },
  cooperating: {
    severity: 'info',
    code: 'cooperating',
    message: 'The application’s OpenTelemetry pipeline has a part of this library; features are stored through it.',
  },
  guest: {
    severity: 'info',
    code: 'guest',
    message:
      'The application’s OpenTelemetry provider has no FeatureSpanProcessor; features are stored beside it, with the ids of its spans.',
    remedy:
      'Nothing is lost of tracked calls. To have other spans become features too, add `new FeatureSpanProcessor()` to spanProcessors where the provider takes them.',
  },
  separate: {
    severity: 'info',
    code: 'separate',
    message: 'This tracker was made with `new FeatureTracker` and has a pipeline of its own.',
  },
}

function aboutSetUp(host: HostKind, parts: ProviderParts | undefined): Finding[] {
  const findings: Finding[] = []
  if (host !== 'cooperating' || parts === undefined) return findings
  const inProvider = parts.featureProcessors
  if (inProvider.some((processor) => !liveProcessors.has(processor)))
    findings.push({
      severity: 'error',
      code: 'processor_stopped',
      message: 'The FeatureSpanProcessor of the provider was shut down; later calls are counted and not stored.',
      remedy: 'Shut the SDK down last.',
    })
  else if (inProvider.length === 0 && applicationsProcessor() !== undefined)
    findings.push({
      severity: 'warning',
      code: 'processor_elsewhere',
      message: 'A FeatureSpanProcessor was made, but the registered provider does not show it.',
      remedy: 'Give it to the provider that is registered (spanProcessors). Features are stored by it all the same.',
    })
  else if (inProvider.length === 0)
    findings.push({
      severity: 'warning',
      code: 'exporter_only',
      message:
        'FeatureUsageExporter works under a processor of another kind: sampled features wait in that processor’s queue, which drops what is too much.',
      remedy: 'Use `new FeatureSpanProcessor()` in its place.',
    })
  const { sampler } = parts
  if (sampler !== undefined && !KEEPS_FEATURES.test(sampler))
    findings.push({
      severity: 'info',
      code: 'features_not_sampled',
      message: `The sampler ${sampler} may leave features out of the application’s traces; they are stored all the same.`,
      remedy: 'Wrap it in featureSampler() to have other spans that name a feature stored as well.',
    })
  return findings
}

/** Descriptions of samplers with which each feature span is recorded, unless its parent was not sampled. */
const KEEPS_FEATURES = /^(?:FeatureSampler|AlwaysOnSampler$|ParentBased\{root=AlwaysOnSampler)/

const API_REGISTRY: unique symbol = Symbol.for('opentelemetry.js.api.1')

/** What the API's copies share in a process. */
function apiRegistry(): { version?: string; trace?: unknown } | undefined {
  return (globalThis as { [API_REGISTRY]?: { version?: string; trace?: unknown } })[API_REGISTRY]
}

function aboutApi(host: HostKind, worksInContext: boolean, hasProvider: boolean): Finding[] {
  const findings: Finding[] = []
  const registry = apiRegistry()
  const mine = trace.getTracerProvider()
  if (registry?.trace !== undefined && registry.trace !== mine)
    findings.push({
      severity: 'warning',
      code: 'api_incompatible',
      message: `Version ${registry.version} of @opentelemetry/api registered first, and this library’s copy cannot use it: features are stored without the application’s traces.`,
      remedy: 'Install one version of @opentelemetry/api (`npm ls @opentelemetry/api`).',
    })
  else if (registry?.trace !== undefined && !(mine instanceof ProxyTracerProvider))
    findings.push({
      severity: 'info',
      code: 'api_copies',
      message: 'The provider was registered through another copy of @opentelemetry/api; it is used all the same.',
      remedy: 'Where that is not the ES module and the CommonJS form of one version, install one copy.',
    })
  if (!worksInContext && (hasProvider || host === 'separate'))
    findings.push({
      severity: 'warning',
      code: 'context_lost',
      message: 'No context manager works: activeFeature() finds nothing, and spans inside calls have no parent.',
      remedy:
        'Register one where the provider is set up: context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()). NodeSDK does it by itself.',
    })
  return findings
}

function aboutStore({ enabled, health }: Subject): Finding[] {
  const findings: Finding[] = []
  const { events, store, dbPath } = health
  if (!enabled)
    findings.push({
      severity: 'warning',
      code: 'tracking_off',
      message: 'Tracking is off (FEATURE_TRACKING_ENABLED): functions are left as they are.',
      remedy: 'Set FEATURE_TRACKING_ENABLED=true and start again.',
    })
  if (store?.database.status === 'unavailable')
    findings.push({
      severity: 'error',
      code: 'database_unavailable',
      message: `${dbPath} cannot be written: ${store.database.message}. ${store.waitingRecords} records wait.`,
      remedy: 'Mend what the message says; records are kept and tried again every second.',
    })
  const dropped = Object.values(store?.dropped ?? {}).reduce((sum, count) => sum + count, 0)
  if (dropped > 0)
    findings.push({
      severity: 'error',
      code: 'records_dropped',
      message: `${dropped} records were dropped: ${JSON.stringify(store?.dropped)}.`,
      remedy: 'See "When things go wrong" in README.',
    })
  const counted = Object.entries(events)
  if (counted.length > 0)
    findings.push({
      severity: 'warning',
      code: 'events_counted',
      message: `Not all went well: ${counted.map(([event, count]) => `${event} ${count}`).join(', ')}.`,
      remedy: 'The first of each kind is told through OpenTelemetry’s diag logger.',
    })
  return findings
}

function attachedParts(subject: Subject, parts: ProviderParts | undefined, worksInContext: boolean): AttachedParts {
  const named = otlpEndpoint()
  return {
    provider: parts?.provider,
    processors: parts?.processors ?? [],
    exporters: parts?.exporters ?? [],
    sampler: parts?.sampler,
    endpoints: [...new Set([...(parts?.endpoints ?? []), ...(named === undefined ? [] : [named])])],
    apiVersion: apiRegistry()?.version,
    contextsWork: worksInContext,
    dbPath: subject.health.dbPath,
  }
}
