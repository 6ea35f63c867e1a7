import { describeError, processEvents } from '../health/index.js'
import type { Application } from './application.js'
import { AUTO_INSTRUMENTATIONS, installedInstrumentations, isWanted } from './instrumentation-packages.js'

/** The members of OpenTelemetry's Instrumentation that are used here. */
export interface Instrumentation {
  readonly instrumentationName: string
  enable(): void
  disable(): void
  setTracerProvider(provider: unknown): void
  setMeterProvider(provider: unknown): void
  setLoggerProvider?(provider: unknown): void
  getConfig(): { enabled?: boolean }
}

type InstrumentationClass = new () => Instrumentation

/** Packages of the application whose instrumentation is to run. */
export interface InstrumentationPlan {
  /** Whether `@opentelemetry/auto-instrumentations-node` is among them. */
  readonly auto: boolean
  readonly packages: readonly string[]
}

export function planInstrumentations(application: Application, environment: NodeJS.ProcessEnv): InstrumentationPlan {
  const auto = application.resolve(AUTO_INSTRUMENTATIONS) !== undefined
  const brought = auto ? Object.keys(application.manifest(AUTO_INSTRUMENTATIONS)?.dependencies ?? {}) : []
  const packages = installedInstrumentations(application).filter(
    (name) => isWanted(name, environment) && !brought.includes(name),
  )
  return { auto, packages }
}

/** Makes what the plan names. What cannot be made is counted and said; the rest runs. */
export async function makeInstrumentations(
  application: Application,
  plan: InstrumentationPlan,
): Promise<Instrumentation[]> {
  const made = new Map<string, Instrumentation>()
  const keep = (items: readonly Instrumentation[]): void => {
    for (const item of items) if (!made.has(item.instrumentationName)) made.set(item.instrumentationName, item)
  }
  if (plan.auto) keep(await attempt(AUTO_INSTRUMENTATIONS, () => autoInstrumentations(application)))
  for (const name of plan.packages) keep(await attempt(name, () => instrumentationsOf(application, name)))
  return [...made.values()]
}

async function attempt(name: string, make: () => Promise<Instrumentation[]>): Promise<Instrumentation[]> {
  try {
    return await make()
  } catch (error) {
    processEvents.count('register_failed', `${name} could not be set up: ${describeError(error)}`, 1, name)
    return []
  }
}

async function autoInstrumentations(application: Application): Promise<Instrumentation[]> {
  const auto = await application.load<{ getNodeAutoInstrumentations(): Instrumentation[] }>(AUTO_INSTRUMENTATIONS)
  return auto?.getNodeAutoInstrumentations() ?? []
}

async function instrumentationsOf(application: Application, name: string): Promise<Instrumentation[]> {
  const exported = (await application.load<Record<string, unknown>>(name)) ?? {}
  const classes = new Set(Object.values(exported).filter(isInstrumentationClass))
  return [...classes].map((Class) => new Class())
}

/** A class with the methods of an Instrumentation; its name tells it from the base class that a package may hand on. */
function isInstrumentationClass(value: unknown): value is InstrumentationClass {
  if (typeof value !== 'function' || !value.name.endsWith('Instrumentation')) return false
  const members = value.prototype as Partial<Instrumentation> | undefined
  return typeof members?.enable === 'function' && typeof members.setTracerProvider === 'function'
}
