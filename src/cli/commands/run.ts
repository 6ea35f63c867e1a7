import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { pathToFileURL } from 'node:url'
import type { CommandContext } from '../context.js'
import { CliError, ExitWith } from '../errors.js'

const REGISTER = '@cloudcurio/feature-tracking/register'

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const

/**
 * Starts a program with our registration in it and in every Node.js process below it. Its input and output are ours, signals
 * are passed on, and its exit code becomes that of this process.
 *
 * @throws ExitWith with that exit code, CliError when it cannot be started
 */
export async function run(context: CommandContext, words: readonly string[]): Promise<void> {
  const [command = '', ...args] = words
  const env: NodeJS.ProcessEnv = {
    ...context.io.env,
    NODE_OPTIONS: nodeOptions(context.io.env['NODE_OPTIONS'], registerUrl()),
  }
  if (context.database.origin === 'argument') env['FEATURE_TRACKING_DB_PATH'] = context.database.path
  throw new ExitWith(await runProgram(command, args, env))
}

/** @throws CliError where this version has no registration */
function registerUrl(): string {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve(REGISTER)).href
  } catch (error) {
    throw new CliError('refused', `${REGISTER} is not in this installation`, 'install the package anew', {
      cause: error,
    })
  }
}

/** Ours comes first: what the application imports itself finds everything in place. */
function nodeOptions(given: string | undefined, register: string): string {
  return [`--import=${register}`, given].filter((option) => option !== undefined && option !== '').join(' ')
}

/** @returns the exit code, or that of a shell for the signal that ended it */
function runProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { env, stdio: 'inherit' })
  const pass = (signal: NodeJS.Signals) => {
    // Ctrl-C reaches the program from the terminal as well; here it must only not end this process before it.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of PASSED_ON) process.on(signal, pass)
  return new Promise<number>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'ENOENT'
          ? new CliError(
              'not_found',
              `there is no program ${JSON.stringify(command)}`,
              'give it as for the shell: feature-tracking run -- node app.js',
            )
          : new CliError('refused', `${JSON.stringify(command)} cannot be started (${error.message})`),
      )
    })
    child.on('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  }).finally(() => {
    for (const signal of PASSED_ON) process.off(signal, pass)
  })
}
