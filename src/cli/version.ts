import { createRequire } from 'node:module'

/** The version in package.json, found by the package's own name: the same from `src/` in tests and from `dist/`. */
export function packageVersion(): string {
  const manifest = createRequire(import.meta.url)('@cloudcurio/feature-tracking/package.json') as { version: string }
  return manifest.version
}
