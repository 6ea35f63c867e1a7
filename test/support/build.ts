import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds before the tests: the store's threads, the command line and the package itself run from `dist/`. */
export default function build(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
}
