import { readFileSync } from 'node:fs'
import { createRequire, Module, register } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describeError, processEvents } from '../health/index.js'
import type { Application } from './application.js'

/** Of package import-in-the-middle, which all of OpenTelemetry's instrumentation uses. */
interface ImportInTheMiddle {
  createAddHookMessageChannel?(): {
    registerOptions: { data: unknown; transferList: unknown[] }
    waitForAllMessagesAcknowledged(): Promise<void>
  }
}

/** The means to catch modules when they are loaded. */
export interface ModuleHooks {
  /** The file of import-in-the-middle; undefined where no package has brought it. */
  readonly file: string | undefined
  /** Resolves when the loader knows all modules that were asked for. */
  ready(): Promise<void>
}

/** The loader's thread answers at once; one that does not must not keep the application from starting. */
const PATIENCE_MS = 3000

/**
 * Lets instrumentation reach what is imported by ESM, which `require` never sees. Only modules that instrumentation asks
 * for are touched, all others load as they would have. To be called before instrumentation is made.
 *
 * @param packages names of packages that hold or use instrumentation
 */
export function hookEsmImports(application: Application, packages: readonly string[]): ModuleHooks {
  const [file, ...others] = copiesOf(application, packages)
  if (file === undefined) return { file, ready: async () => {} }
  try {
    const wait = hook(file)
    for (const other of others) standIn(other, file)
    return { file, ready: () => Promise.race([wait(), patience()]) }
  } catch (error) {
    processEvents.count('register_failed', `ES modules are not instrumented: ${describeError(error)}`, 1, 'esm')
    return { file, ready: async () => {} }
  }
}

function hook(file: string): () => Promise<void> {
  const { createAddHookMessageChannel } = createRequire(file)(file) as ImportInTheMiddle
  const loader = pathToFileURL(createRequire(file).resolve('import-in-the-middle/hook.mjs'))
  if (createAddHookMessageChannel === undefined) {
    register(loader)
    return async () => {}
  }
  const { registerOptions, waitForAllMessagesAcknowledged } = createAddHookMessageChannel()
  register(loader, { data: registerOptions.data, transferList: registerOptions.transferList as never })
  return waitForAllMessagesAcknowledged
}

/**
 * Packages may bring copies of import-in-the-middle, and two of its loaders in one process take each other's modules. So
 * who loads another copy gets the one whose loader runs.
 */
function standIn(other: string, file: string): void {
  const module = new Module(other)
  module.filename = other
  module.loaded = true
  module.exports = createRequire(file)(file) as unknown
  createRequire(file).cache[other] = module
}

/** The files of all copies, the latest release first. */
function copiesOf(application: Application, packages: readonly string[]): string[] {
  const copies = new Set<string>()
  for (const name of packages) {
    const main = application.resolve(name)
    const base = main === undefined ? undefined : application.resolve('@opentelemetry/instrumentation', main)
    const copy = base === undefined ? undefined : application.resolve('import-in-the-middle', base)
    if (copy !== undefined) copies.add(copy)
  }
  return [...copies].toSorted((a, b) => versionOf(b).localeCompare(versionOf(a), 'en', { numeric: true }))
}

function versionOf(file: string): string {
  try {
    return (JSON.parse(readFileSync(join(dirname(file), 'package.json'), 'utf8')) as { version: string }).version
  } catch {
    return '0'
  }
}

function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS).unref()
  })
}
