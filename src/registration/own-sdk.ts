import { createRequire } from 'node:module'
import {
  diag,
  DiagConsoleLogger,
  DiagLogLevel,
  propagation,
  type TextMapPropagator,
  trace,
  type TracerProvider,
} from '@opentelemetry/api'
import type { ResourceDetector } from '@opentelemetry/resources'
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { listOf } from '../config/index.js'
import { processEvents } from '../health/index.js'
import { ensureContextManager, FeatureTracerProvider } from '../pipeline/index.js'
import { VERSION } from '../tracker/index.js'
import type { Application } from './application.js'
import type { SdkParts, StartedSdk } from './node-sdk.js'

const require = createRequire(import.meta.url)

/**
 * For an application without NodeSDK: our own provider, with instrumentation, resource, propagators, sampler and log
 * level as the standard variables say. Metrics and logs it has not.
 */
export async function startOwnSdk(application: Application, parts: SdkParts): Promise<StartedSdk> {
  const { environment, instrumentations } = parts
  setLogLevel(environment)
  ensureContextManager()
  const propagator = await propagatorOf(application, environment)
  if (propagator !== undefined) propagation.setGlobalPropagator(propagator)
  const provider: TracerProvider & StartedSdk = new FeatureTracerProvider(
    parts.spanProcessors as SpanProcessor[],
    VERSION,
    detectors(environment),
  )
  trace.setGlobalTracerProvider(provider)
  for (const instrumentation of instrumentations) {
    instrumentation.setTracerProvider(provider)
    if (instrumentation.getConfig().enabled !== true) instrumentation.enable()
  }
  return provider
}

function setLogLevel(environment: NodeJS.ProcessEnv): void {
  const name = environment['OTEL_LOG_LEVEL']?.trim().toUpperCase() ?? ''
  const level = DiagLogLevel[name as keyof typeof DiagLogLevel] as DiagLogLevel | undefined
  if (level !== undefined) diag.setLogger(new DiagConsoleLogger(), { logLevel: level, suppressOverrideMessage: true })
}

/** What `OTEL_NODE_RESOURCE_DETECTORS` names; the default is what NodeSDK has. */
function detectors(environment: NodeJS.ProcessEnv): ResourceDetector[] {
  const resources = require('@opentelemetry/resources') as typeof import('@opentelemetry/resources')
  const known: ReadonlyMap<string, ResourceDetector> = new Map([
    ['env', resources.envDetector],
    ['host', resources.hostDetector],
    ['os', resources.osDetector],
    ['process', resources.processDetector],
    ['serviceinstance', resources.serviceInstanceIdDetector],
  ])
  const named = listOf(environment['OTEL_NODE_RESOURCE_DETECTORS'])
  if (named.includes('none')) return []
  if (named.includes('all')) return [...known.values()]
  const names = named.length === 0 ? ['env', 'process', 'host'] : named
  for (const name of names)
    if (!known.has(name)) ignored('OTEL_NODE_RESOURCE_DETECTORS', name, [...known.keys(), 'all', 'none'].join(', '))
  return names.flatMap((name) => known.get(name) ?? [])
}

/** What `OTEL_PROPAGATORS` names; the default is W3C trace context and baggage. */
async function propagatorOf(
  application: Application,
  environment: NodeJS.ProcessEnv,
): Promise<TextMapPropagator | undefined> {
  const listed = listOf(environment['OTEL_PROPAGATORS'])
  const names = new Set(listed.length === 0 ? ['tracecontext', 'baggage'] : listed)
  if (names.has('none')) return undefined
  const core = require('@opentelemetry/core') as typeof import('@opentelemetry/core')
  const propagators: TextMapPropagator[] = []
  for (const name of names)
    if (name === 'tracecontext') propagators.push(new core.W3CTraceContextPropagator())
    else if (name === 'baggage') propagators.push(new core.W3CBaggagePropagator())
    else {
      const other = await installedPropagator(application, name)
      if (other === undefined)
        ignored('OTEL_PROPAGATORS', name, 'tracecontext, baggage, or the name of an installed one')
      else propagators.push(other)
    }
  return propagators.length === 0 ? undefined : new core.CompositePropagator({ propagators })
}

interface B3Package {
  B3Propagator: new (config?: { injectEncoding?: unknown }) => TextMapPropagator
  B3InjectEncoding: Readonly<Record<'MULTI_HEADER', unknown>>
}

async function installedPropagator(application: Application, name: string): Promise<TextMapPropagator | undefined> {
  if (name === 'b3' || name === 'b3multi') {
    const b3 = await application.load<B3Package>('@opentelemetry/propagator-b3')
    if (b3 === undefined) return undefined
    return new b3.B3Propagator(name === 'b3' ? {} : { injectEncoding: b3.B3InjectEncoding.MULTI_HEADER })
  }
  if (name !== 'jaeger') return undefined
  const jaeger = await application.load<{ JaegerPropagator: new () => TextMapPropagator }>(
    '@opentelemetry/propagator-jaeger',
  )
  return jaeger === undefined ? undefined : new jaeger.JaegerPropagator()
}

function ignored(variable: string, name: string, expected: string): void {
  const text = `${variable} names ${JSON.stringify(name)}, which is not there: give ${expected}`
  processEvents.count('setting_ignored', text, 1, text)
}
