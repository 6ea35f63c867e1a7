import { isTrue, resolveSettings, type Settings } from '../config/index.js'
import { describeError, processEvents } from '../health/index.js'
import { FeatureSpanProcessor, registeredProvider } from '../pipeline/index.js'
import { registerAiSdk } from './ai-sdk.js'
import { Application } from './application.js'
import { hookEsmImports } from './esm-hook.js'
import { AUTO_INSTRUMENTATIONS } from './instrumentation-packages.js'
import {
  type Instrumentation,
  type InstrumentationPlan,
  makeInstrumentations,
  planInstrumentations,
} from './instrumentations.js'
import { HOOK_PACKAGES, registerMcp } from './mcp-sdk.js'
import { loadNodeSdk, SDK_NODE, type StartedSdk, startNodeSdk } from './node-sdk.js'
import { say, sayAloud } from './notice.js'
import { startOwnSdk } from './own-sdk.js'
import { giveWay } from './give-way.js'
import { traceExporters } from './trace-exporters.js'

/** Set in a thread where this has run, by whichever copy of the package. */
const DONE: unique symbol = Symbol.for('@cloudcurio/feature-tracking/register')

/**
 * Sets up OpenTelemetry for the application that is about to start, with feature tracking in it: NodeSDK where the
 * application has it and our own provider where not, the instrumentation that it has installed, and OTLP where the
 * standard variables ask for it. It never throws, and a second call in the same thread does nothing.
 */
export async function register(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const place = globalThis as { [DONE]?: boolean }
  if (place[DONE] === true) return
  place[DONE] = true
  try {
    await setUp(environment)
  } catch (error) {
    processEvents.count('register_failed', `register could not set tracking up: ${describeError(error)}`)
  }
}

async function setUp(environment: NodeJS.ProcessEnv): Promise<void> {
  const settings = resolveSettings({}, environment, (message) => {
    processEvents.count('setting_ignored', message, 1, message)
  })
  if (!settings.enabled) return
  if (isTrue(environment['OTEL_SDK_DISABLED'])) {
    say('OTEL_SDK_DISABLED is true: register sets nothing up')
    return
  }
  if (registeredProvider() !== undefined) {
    say('the application has an OpenTelemetry provider already: register leaves it alone')
    return
  }
  await start(new Application(), settings, environment)
}

async function start(application: Application, settings: Settings, environment: NodeJS.ProcessEnv): Promise<void> {
  const plan = planInstrumentations(application, environment)
  const NodeSDK = await loadNodeSdk(application)
  const instrumentations = await instrument(application, plan, settings)
  const features = new FeatureSpanProcessor()
  const spanProcessors = [features, ...(await traceExporters(application, settings, environment))]
  const parts = { settings, spanProcessors, instrumentations, environment }
  const sdk: StartedSdk =
    NodeSDK === undefined ? await startOwnSdk(application, parts) : await startNodeSdk(NodeSDK, application, parts)
  giveWay(sdk, instrumentations)
  const ai = registerAiSdk(application, environment)
  tell(NodeSDK !== undefined, instrumentations, ai)
}

async function instrument(
  application: Application,
  plan: InstrumentationPlan,
  settings: Settings,
): Promise<Instrumentation[]> {
  const tracksMcp = settings.promote.includes('mcp')
  const packages = [
    ...(plan.auto ? [AUTO_INSTRUMENTATIONS] : []),
    ...plan.packages,
    ...(tracksMcp ? HOOK_PACKAGES : []),
  ]
  const hooks = hookEsmImports(application, packages)
  const instrumentations = await makeInstrumentations(application, plan)
  if (tracksMcp) registerMcp(application, hooks)
  await hooks.ready()
  return instrumentations
}

function tell(hasSdk: boolean, instrumentations: readonly Instrumentation[], ai: boolean): void {
  const sdk = hasSdk ? SDK_NODE : 'the provider of feature-tracking'
  say(`registered with ${sdk} and ${instrumentations.length} instrumentations${ai ? ', and the AI SDK' : ''}`)
  if (instrumentations.length === 0 && !ai)
    sayAloud(
      `no instrumentation is installed, so only calls that the code tracks are recorded. To see HTTP, databases and more: npm install ${AUTO_INSTRUMENTATIONS}`,
    )
}
