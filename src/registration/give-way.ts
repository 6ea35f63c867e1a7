import { context, diag, metrics, propagation, ProxyTracerProvider, trace } from '@opentelemetry/api'
import { describeError } from '../health/index.js'
import type { Instrumentation } from './instrumentations.js'
import type { StartedSdk } from './node-sdk.js'

/** A provider that records nothing. */
const NOTHING = new ProxyTracerProvider()

/**
 * An application may register OpenTelemetry itself after we did. The API keeps the first and refuses the second, so that
 * the application's own exporters would get nothing. So we give way: what the application registers takes our place, and
 * with its tracer provider our SDK ends and our instrumentation falls silent.
 */
export function giveWay(sdk: StartedSdk, instrumentations: readonly Instrumentation[]): void {
  before(context, 'setGlobalContextManager', () => {
    context.disable()
  })
  before(propagation, 'setGlobalPropagator', () => {
    propagation.disable()
  })
  before(metrics, 'setGlobalMeterProvider', () => {
    metrics.disable()
  })
  before(trace, 'setGlobalTracerProvider', () => {
    trace.disable()
    for (const instrumentation of instrumentations) silence(instrumentation)
    sdk.shutdown().catch(() => {})
    diag.warn(
      'feature-tracking: the application registered an OpenTelemetry provider of its own, so that of register gives way to it. Features go on being recorded as with any provider of the application; add FeatureSpanProcessor to it, or leave register out.',
    )
  })
}

/** Its patches stay where others were laid over them; then they make spans that nobody sees and nothing hangs on. */
function silence(instrumentation: Instrumentation): void {
  try {
    instrumentation.setTracerProvider(NOTHING)
    instrumentation.disable()
  } catch (error) {
    diag.debug(
      `feature-tracking: ${instrumentation.instrumentationName} could not be taken out: ${describeError(error)}`,
    )
  }
}

/** Has something done before the next call of a method, once. */
function before<K extends string>(target: Record<K, (...args: never[]) => unknown>, name: K, work: () => void): void {
  const method = target[name]
  target[name] = (...args: never[]) => {
    target[name] = method
    work()
    return method.apply(target, args)
  }
}
