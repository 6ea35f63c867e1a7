import { createRequire, register } from 'node:module'
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

/**
 * A second copy of import-in-the-middle warns that there is a first, by a mark in the loader's thread. With several copies
 * each is registered on purpose, since instrumentation hears of its own copy only.
 */
const FORGET_FIRST = `data:text/javascript,export const initialize = () => {
  delete globalThis.__import_in_the_middle_initialized__
}`

/** The loader's thread answers at once; one that does not must not keep the application from starting. */
const PATIENCE_MS = 3000

/**
 * Lets instrumentation reach what is imported by ESM, which `require` never sees. Only modules that instrumentation asks
 * for are touched, all others load as they would have. To be called before instrumentation is made.
 *
 * @param packages names of packages that hold instrumentation; each may have its own copy of import-in-the-middle
 * @returns resolves when the loader knows all modules that were asked for
 */
export function hookEsmImports(application: Application, packages: readonly string[]): () => Promise<void> {
  const waits: (() => Promise<void>)[] = []
  for (const path of copiesOf(application, packages)) {
    try {
      if (waits.length > 0) register(FORGET_FIRST)
      const wait = hook(path)
      if (wait !== undefined) waits.push(wait)
    } catch (error) {
      processEvents.count('register_failed', `ES modules are not instrumented: ${describeError(error)}`)
    }
  }
  return async () => {
    await Promise.race([Promise.all(waits.map((wait) => wait())), patience()])
  }
}

function hook(path: string): (() => Promise<void>) | undefined {
  const { createAddHookMessageChannel } = createRequire(path)(path) as ImportInTheMiddle
  const loader = pathToFileURL(createRequire(path).resolve('import-in-the-middle/hook.mjs'))
  if (createAddHookMessageChannel === undefined) {
    register(loader)
    return undefined
  }
  const { registerOptions, waitForAllMessagesAcknowledged } = createAddHookMessageChannel()
  register(loader, { data: registerOptions.data, transferList: registerOptions.transferList as never })
  return waitForAllMessagesAcknowledged
}

/** The files of the copies that the packages use, each once. */
function copiesOf(application: Application, packages: readonly string[]): Set<string> {
  const copies = new Set<string>()
  for (const name of packages) {
    const main = application.resolve(name)
    const base = main === undefined ? undefined : application.resolve('@opentelemetry/instrumentation', main)
    const copy = base === undefined ? undefined : application.resolve('import-in-the-middle', base)
    if (copy !== undefined) copies.add(copy)
  }
  return copies
}

function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS).unref()
  })
}
