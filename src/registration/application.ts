import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * The application's own `node_modules`: what it has installed is what it uses. Where a package manager keeps every
 * package in a place of its own, nothing of it can be seen from ours.
 */
export class Application {
  readonly folder: string
  /** Modules are found from a file, which need not exist. */
  readonly #file: string

  /**
   * @param entry the program that Node was started with; undefined for `node -e`, which counts as in `cwd`
   */
  constructor(entry: string | undefined = process.argv[1], cwd: string = process.cwd()) {
    this.folder = entry === undefined ? cwd : dirname(realOf(entry))
    this.#file = join(this.folder, 'application.js')
  }

  /**
   * The file that a package's name stands for, or undefined where there is no such package.
   * @param from a file that would load it; the default is one of the application's
   */
  resolve(name: string, from: string = this.#file): string | undefined {
    try {
      return createRequire(from).resolve(name)
    } catch {
      return undefined
    }
  }

  /** The same for a package's `package.json`, which many do not export. */
  manifest(name: string): { dependencies?: Readonly<Record<string, string>> } | undefined {
    for (const folder of this.packageFolders()) {
      try {
        return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as object
      } catch {
        // It may lie in the next folder up.
      }
    }
    return undefined
  }

  /** Loads one of its packages, whether CommonJS or ESM; undefined where it has none of that name. */
  async load<T>(name: string, from: string = this.#file): Promise<T | undefined> {
    const path = this.resolve(name, from)
    if (path === undefined) return undefined
    try {
      return createRequire(path)(path) as T
    } catch (error) {
      if (!isModuleKindError(error)) throw error
      return (await import(pathToFileURL(path).href)) as T
    }
  }

  /** The folders that Node looks into for its packages, the nearest first. */
  packageFolders(): string[] {
    return createRequire(this.#file).resolve.paths('any-package') ?? []
  }
}

/** A command in `node_modules/.bin` is a link to a file of the package that has it. */
function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function isModuleKindError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === 'ERR_REQUIRE_ESM' || code === 'ERR_REQUIRE_ASYNC_MODULE'
}
