import type { TracerProvider } from '@opentelemetry/api'
import { ownData, prototypeOf } from '../record/index.js'
import { SCOPE_NAME } from '../span/index.js'
import { FeatureSpanProcessor } from './feature-span-processor.js'

/** What can be seen of a provider. No API tells it: the SDK's classes show it in their fields, others need not. */
export interface ProviderParts {
  /** The class of the provider. */
  readonly provider: string
  /** Classes of the span processors, in the order in which they were found. */
  readonly processors: readonly string[]
  /** Classes of the exporters. */
  readonly exporters: readonly string[]
  /** What the sampler says of itself; undefined where none shows. */
  readonly sampler: string | undefined
  /** Addresses that exporters send to, without credentials and query. */
  readonly endpoints: readonly string[]
  /** Our processors among them. */
  readonly featureProcessors: readonly FeatureSpanProcessor[]
}

const MAX_OBJECTS = 2000
const MAX_DEPTH = 10

/** Looks at a provider without running a getter, or any method but `getTracer` and a sampler's `toString`. */
export function inspectProvider(provider: TracerProvider): ProviderParts {
  const found = new Findings()
  found.walk(provider)
  try {
    found.walk(provider.getTracer(SCOPE_NAME))
  } catch {
    // A provider that gives no tracer shows what it shows.
  }
  return {
    provider: className(provider),
    processors: found.processors.map(className).filter((name) => name !== 'MultiSpanProcessor'),
    exporters: found.exporters.map(className),
    sampler: found.sampler === undefined ? undefined : describe(found.sampler),
    endpoints: [...found.endpoints],
    featureProcessors: found.processors.filter((part) => part instanceof FeatureSpanProcessor),
  }
}

class Findings {
  readonly processors: object[] = []
  readonly exporters: object[] = []
  readonly endpoints = new Set<string>()
  sampler: object | undefined
  readonly #met = new Set<object>()

  /** @param inside whether the part belongs to an exporter: what that hands on to is no exporter of its own */
  walk(part: object, depth = 0, inside = false): void {
    if (depth > MAX_DEPTH || this.#met.size >= MAX_OBJECTS || this.#met.has(part)) return
    this.#met.add(part)
    const isExporter = hasMethods(part, 'export', 'shutdown')
    if (hasMethods(part, 'onStart', 'onEnd')) this.processors.push(part)
    else if (isExporter && !inside) this.exporters.push(part)
    else if (hasMethods(part, 'shouldSample')) this.sampler ??= part
    for (const key of Object.keys(part)) this.#look(key, ownData(part, key), depth, inside || isExporter)
  }

  #look(key: string, value: unknown, depth: number, inside: boolean): void {
    if (typeof value === 'string' && /url|endpoint/i.test(key)) this.#addEndpoint(value)
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
      this.walk(value, depth + 1, inside)
  }

  #addEndpoint(text: string): void {
    if (!URL.canParse(text)) return
    const { protocol, host, pathname } = new URL(text)
    if (/^(https?|grpcs?):$/.test(protocol)) this.endpoints.add(`${protocol}//${host}${pathname}`)
  }
}

function hasMethods(part: object, ...names: string[]): boolean {
  return names.every((name) => {
    for (let holder: object | null = part; holder !== null; holder = prototypeOf(holder)) {
      const method = ownData(holder, name)
      if (typeof method === 'function') return true
    }
    return false
  })
}

function className(part: object): string {
  const prototype = prototypeOf(part)
  const made = prototype === null ? undefined : ownData(prototype, 'constructor')
  return typeof made === 'function' && made.name !== '' ? made.name : 'an object without a class'
}

function describe(sampler: object): string {
  try {
    // oxlint-disable-next-line typescript/no-base-to-string -- a sampler's text is its description
    const text = String(sampler)
    return text === '[object Object]' ? className(sampler) : text
  } catch {
    return className(sampler)
  }
}
