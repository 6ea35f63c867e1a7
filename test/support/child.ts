import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the package: relative imports of a child's program start here. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface ChildResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ChildOptions {
  /** Added to this process's variables; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly args?: readonly string[]
}

/**
 * Runs an ES module in a process of its own. It imports the built package, by its name or as
 * `./dist/src/record/index.js`; arguments are in `process.argv` from index 1.
 */
export function runNode(program: string, options: ChildOptions = {}): Promise<ChildResult> {
  if (!existsSync(`${ROOT}dist/lib/index.js`)) throw new Error('there is no dist/: run `npm run build` first')
  return run(process.execPath, ['--input-type=module', '--eval', program, ...(options.args ?? [])], options.env)
}

/** A child that a test talks to. */
export interface StartedChild {
  /** Resolves when its standard output has had this text. @throws when the child ends without having said it */
  said(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
  readonly result: Promise<ChildResult>
}

/** The same as `runNode`, for a child that is not only waited for. */
export function startNode(program: string, options: ChildOptions = {}): StartedChild {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, ...(options.args ?? [])], {
    cwd: ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let wake = (): void => {}
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    wake()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const result = new Promise<ChildResult>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr })
      wake()
    })
  })
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      wake = () => {
        if (stdout.includes(text)) resolve()
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`the child ended without saying ${text}: ${stderr}`))
      }
      wake()
    })
  return { said, kill: (signal) => child.kill(signal), result }
}

/** Runs a program of the system; `code` is null and `stderr` says why when there is no such program. */
export function run(
  command: string,
  args: readonly string[],
  env: ChildOptions['env'] = {},
  cwd = ROOT,
): Promise<ChildResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', (error) => {
      resolve({ code: null, signal: null, stdout, stderr: error.message })
    })
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr })
    })
  })
}

/** What a child printed as JSON. @throws when it did not end well */
export async function nodeJson<T>(program: string, options: ChildOptions = {}): Promise<T> {
  const { code, signal, stdout, stderr } = await runNode(program, options)
  if (code !== 0) throw new Error(`the child ended with ${code ?? signal}: ${stderr}`)
  return JSON.parse(stdout) as T
}
