import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BUILT = Symbol.for('feature-tracking is built')

/**
 * Builds before the tests: the store's threads, the command line and the package itself run from `dist/`. Each project of
 * the tests asks for it; once is enough.
 */
export default function build(): void {
  if (Object.hasOwn(globalThis, BUILT)) return
  Object.defineProperty(globalThis, BUILT, { value: true })
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
}
