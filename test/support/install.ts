import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { run } from './child.js'

/**
 * Installs packages that only some slow tests need, where they are not there from an earlier run.
 * @param proof a file that is there afterwards
 * @returns why not, where that cannot be done
 */
export async function install(
  folder: string,
  packages: readonly string[],
  proof: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string | undefined> {
  if (existsSync(proof)) return undefined
  mkdirSync(folder, { recursive: true })
  const manifest = { private: true, allowScripts: { 'better-sqlite3': true, protobufjs: false } }
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest))
  const flags = ['--no-audit', '--no-fund', '--legacy-peer-deps', '--prefix', folder]
  const { stderr } = await run('npm', ['install', ...flags, ...packages], env)
  return existsSync(proof) ? undefined : `${packages.join(', ')} could not be installed: ${stderr.slice(-500)}`
}
