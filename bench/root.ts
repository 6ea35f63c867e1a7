import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The repository, found through the package's own name: the same from the source and from what is built. */
export const ROOT = dirname(createRequire(import.meta.url).resolve('@cloudcurio/feature-tracking/package.json'))

/** Results and generated tables; git does not see it. */
export function cacheFolder(...below: string[]): string {
  const folder = join(ROOT, '.bench', ...below)
  mkdirSync(folder, { recursive: true })
  return folder
}
