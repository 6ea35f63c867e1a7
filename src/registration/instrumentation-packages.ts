import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { listOf } from '../config/index.js'
import type { Application } from './application.js'

/** All of OpenTelemetry's instrumentation at once; it obeys the two variables below by itself. */
export const AUTO_INSTRUMENTATIONS = '@opentelemetry/auto-instrumentations-node'

const OFFICIAL = '@opentelemetry/instrumentation-'

/** Packages that hold instrumentation in OpenTelemetry's sense, by their names. */
const PATTERNS: readonly RegExp[] = [
  /^@opentelemetry\/instrumentation-./,
  /^@traceloop\/instrumentation-./,
  /^@arizeai\/openinference-instrumentation-./,
  /^(?:@[^/]+\/)?opentelemetry-(?:instrumentation|plugin)-./,
  /^@prisma\/instrumentation$/,
  /^@fastify\/otel$/,
]

/** Off unless they are asked for by name, as in `@opentelemetry/auto-instrumentations-node`: `fs` makes a span for each file. */
const OFF_BY_DEFAULT: ReadonlySet<string> = new Set(['fs', 'host-metrics'])

/** Names of installed packages that hold instrumentation. */
export function installedInstrumentations(application: Application): string[] {
  const names = new Set(application.packageFolders().flatMap(packagesIn))
  return [...names].filter((name) => PATTERNS.some((pattern) => pattern.test(name))).toSorted()
}

function packagesIn(folder: string): string[] {
  return namesIn(folder).flatMap((name) =>
    name.startsWith('@') ? namesIn(join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
  )
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * Whether the standard variables let instrumentation run. Official packages go by what follows `instrumentation-` in
 * their names, as in OpenTelemetry's own list; others by their whole names.
 */
export function isWanted(name: string, environment: NodeJS.ProcessEnv): boolean {
  const short = name.startsWith(OFFICIAL) ? name.slice(OFFICIAL.length) : name
  const enabled = listOf(environment['OTEL_NODE_ENABLED_INSTRUMENTATIONS'])
  if (listOf(environment['OTEL_NODE_DISABLED_INSTRUMENTATIONS']).includes(short)) return false
  return enabled.length > 0 ? enabled.includes(short) : !OFF_BY_DEFAULT.has(short)
}
