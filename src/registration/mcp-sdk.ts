import { createRequire } from 'node:module'
import { describeError, processEvents } from '../health/index.js'
import { trackMcpModule } from '../tracker/index.js'
import type { Application } from './application.js'
import type { ModuleHooks } from './esm-hook.js'
import { SDK_NODE } from './node-sdk.js'

/** The entry points of the official SDK, versions 2 and 1, that have the classes of servers. */
const MODULES: readonly string[] = [
  '@modelcontextprotocol/server',
  '@modelcontextprotocol/sdk/server/mcp.js',
  '@modelcontextprotocol/sdk/server/index.js',
]

/** Constructors of import-in-the-middle and require-in-the-middle, which agree in this. */
type Hook = new (
  modules: readonly string[],
  options: { readonly internals: boolean },
  onModule: (exports: object, name: string) => object,
) => unknown

/** Packages that bring the means to catch a module when it is loaded, besides instrumentation itself. */
export const HOOK_PACKAGES: readonly string[] = ['@opentelemetry/instrumentation', SDK_NODE]

/**
 * Tracks the MCP servers that the application makes, which emit no spans by themselves. The SDK's classes are caught when
 * the application loads them.
 */
export function registerMcp(application: Application, { file }: ModuleHooks): void {
  const installed = MODULES.filter((name) => application.resolve(name) !== undefined)
  if (installed.length === 0) return
  if (file === undefined) notTracked('install @opentelemetry/instrumentation, which lets register see them')
  else
    try {
      catchModules(file, installed)
    } catch (error) {
      notTracked(describeError(error))
    }
}

function catchModules(file: string, installed: readonly string[]): void {
  const track = (exports: object): object => {
    trackMcpModule(exports)
    return exports
  }
  const require = createRequire(file)
  const ImportHook = require(file) as Hook
  Reflect.construct(ImportHook, [installed, { internals: false }, track])
  const { Hook: RequireHook } = require('require-in-the-middle') as { Hook: Hook }
  Reflect.construct(RequireHook, [installed, { internals: false }, track])
}

function notTracked(why: string): void {
  processEvents.count('register_failed', `MCP servers are not tracked: ${why}`, 1, 'mcp')
}
