import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChildResult, ROOT, run } from '../support/child.js'

/** One way to run the application of `test/hosts/application`. */
export interface HostRow {
  readonly name: string
  /** One of its hosts. */
  readonly host: string
  readonly nodeArguments?: readonly string[]
}

/** What a run of the application came to; see its `main`. */
export interface Outcome {
  /** Records without times and ids, as JSON, sorted. */
  readonly rows: readonly string[]
  readonly ids: readonly (readonly [featureName: string, recordId: string])[]
  readonly health: object
  /** What the application's own exporter got, without our features. */
  readonly theirs: readonly object[]
  /** Our features that it got. */
  readonly features: readonly (readonly [featureName: string, recordId: string])[]
}

export const HOST_ROWS: readonly HostRow[] = [
  { name: 'no SDK', host: 'none' },
  { name: 'a cooperating NodeSDK', host: 'cooperating' },
  { name: 'a cooperating NodeSDK that samples nothing', host: 'cooperating-0' },
  { name: 'a NodeSDK that never heard of us, ratio 1', host: 'guest-1' },
  { name: 'a NodeSDK that never heard of us, ratio 0', host: 'guest-0' },
  // Joins as soon as the package has that entry point.
  ...(hasRegister()
    ? [{ name: 'register', host: 'none', nodeArguments: ['--import', '@cloudcurio/feature-tracking/register'] }]
    : []),
]

export const MODULE_SYSTEMS = ['mjs', 'cjs'] as const

function hasRegister(): boolean {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: object }
  return './register' in exports
}

export interface Place {
  readonly node: string
  /** Holds the application's files, and finds the packages from there. */
  readonly folder: string
}

/**
 * Runs the application.
 * @param mode with the library, or with functions in its place that do nothing
 */
export async function runHost(
  { node, folder }: Place,
  { host, nodeArguments = [] }: HostRow,
  system: (typeof MODULE_SYSTEMS)[number],
  mode: 'tracked' | 'plain',
  dbPath: string,
): Promise<Outcome> {
  const program = join(folder, `main.${system}`)
  const result: ChildResult = await run(node, [...nodeArguments, program, host, mode], {
    FEATURE_TRACKING_DB_PATH: dbPath,
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  })
  if (result.code !== 0) throw new Error(`the application ended with ${result.code}: ${result.stderr}`)
  return JSON.parse(result.stdout.trimEnd().split('\n').at(-1) as string) as Outcome
}
