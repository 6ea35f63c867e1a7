import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'

/** Rules as they were given in code: what `defineRules` returns. They are checked where they are used. */
export interface RuleSource {
  readonly rules: readonly unknown[]
}

/** A rules file could not be read; the message names it and says what to do. `code` tells a file that is not there. */
export class RulesFileError extends Error {
  readonly code: 'not_found' | 'unreadable'

  constructor(code: 'not_found' | 'unreadable', message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RulesFileError'
    this.code = code
  }
}

const JAVASCRIPT = new Set(['.js', '.mjs', '.cjs'])
const TYPESCRIPT = new Set(['.ts', '.mts', '.cts'])

/**
 * What a rules file holds, not checked yet: the value of a JSON file, or the default export of a JavaScript or TypeScript
 * module. It is read at once, since processors are made so: a module must have no top-level `await`.
 *
 * @throws RulesFileError
 */
export function readRulesFile(path: string): unknown {
  const kind = extname(path).toLowerCase()
  if (kind === '.json') return readJson(path)
  if (JAVASCRIPT.has(kind)) return readModule(path)
  if (!TYPESCRIPT.has(kind))
    throw new RulesFileError('unreadable', `${path}: a rules file ends in .json, .js, .mjs, .cjs or .ts`)
  if (!stripsTypes())
    throw new RulesFileError(
      'unreadable',
      `${path}: Node.js ${process.versions.node} does not run TypeScript. Compile the file to JavaScript, use JSON, or run Node.js 22.18 or later`,
    )
  return readModule(path)
}

function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw cannotRead(path, error)
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown
  } catch (error) {
    throw new RulesFileError('unreadable', `${path} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

function readModule(path: string): unknown {
  let loaded: { default?: unknown }
  try {
    readFileSync(path)
  } catch (error) {
    throw cannotRead(path, error)
  }
  try {
    loaded = createRequire(import.meta.url)(path) as { default?: unknown }
  } catch (error) {
    throw new RulesFileError('unreadable', `${path} cannot be loaded: ${reasonOf(error)}`, { cause: error })
  }
  // `module.exports = …` of CommonJS is the value itself.
  const value = isObject(loaded) && 'default' in loaded ? loaded.default : loaded
  if (isObject(value) && !isModuleNamespace(value)) return value
  throw new RulesFileError('unreadable', `${path} has no default export: write \`export default defineRules([…])\``)
}

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (code === 'ERR_REQUIRE_ASYNC_MODULE') return 'it awaits at the top level. Rules are read at once: remove the await'
  if (code === 'ERR_REQUIRE_CYCLE_MODULE')
    return 'it is a part of what is being loaded. Give the rules a module of their own'
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return `${String(message)}. Node.js only strips types: avoid enums and namespaces, or compile the file`
  return typeof message === 'string' ? message : String(error)
}

function cannotRead(path: string, error: unknown): RulesFileError {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT'
    ? new RulesFileError('not_found', `${path} does not exist`, { cause: error })
    : new RulesFileError('unreadable', `${path} cannot be read: ${message}`, { cause: error })
}

/** Whether this Node.js runs TypeScript files by itself. */
function stripsTypes(): boolean {
  const { typescript } = process.features as { typescript?: unknown }
  return typeof typescript === 'string'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** An ES module without a default export comes as its namespace. */
function isModuleNamespace(value: object): boolean {
  return (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Module'
}
