import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { RunningServer, ServerError, ServerOptions } from '../../server/index.js'
import type { CommandContext } from '../context.js'
import { CliError } from '../errors.js'
import { printLine } from '../output/print.js'
import { jsonText } from '../output/json.js'
import { visible } from '../output/text.js'
import { warn } from '../report.js'

/** Not an option: what is on a command line, everybody on the machine can read. */
const TOKEN_VARIABLE = 'FEATURE_TRACKING_DASHBOARD_TOKEN'

export interface DashboardOptions {
  port: number
  host: string
  open?: boolean
  allowHost?: string[]
  tokenFile?: string
}

/** Serves the dashboard until the process is told to end. @throws CliError when it cannot be served */
export async function dashboard(context: CommandContext, options: DashboardOptions): Promise<void> {
  const { database, io } = context
  const ended = signalled()
  const server = await start({
    dbPath: database.path,
    host: options.host,
    port: options.port,
    allowedHosts: options.allowHost,
    token: tokenOf(options.tokenFile, io.env),
  })
  try {
    if (context.mode === 'json') await printLine(context, jsonText({ url: server.url, database: database.path }))
    else for (const line of greeting(server.url, database.path)) await printLine(context, line)
    if (options.open === true) openBrowser(server.url, (message) => warn(message, io, context.mode === 'json'))
    await ended
  } finally {
    await server.close()
  }
}

function greeting(url: string, path: string): string[] {
  const lines = [`The dashboard of ${visible(path)} is at`, '', `  ${url}`, '', 'Ctrl+C ends it.']
  if (existsSync(path)) return lines
  return [
    ...lines,
    'There is no such file yet: the page shows calls from the first tracked one on; --db-path chooses another file.',
  ]
}

/** Resolves at the first signal to end; a second one ends the process as it would have. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}

/** The server's packages are loaded here: no other command needs them. */
async function start(options: ServerOptions): Promise<RunningServer> {
  const { startServer, ServerError: Refused } = await import('../../server/index.js')
  try {
    return await startServer(options)
  } catch (error) {
    if (error instanceof Refused) throw refusal(error)
    if (error instanceof RangeError) throw new CliError('usage', error.message, TOKEN_HINT)
    throw error
  }
}

const TOKEN_HINT = `set ${TOKEN_VARIABLE} or --token-file to a secret of 16 characters or more, or leave --host away`

function refusal(error: ServerError): CliError {
  const options = { cause: error }
  if (error.code === 'token_needed') return new CliError('usage', error.message, TOKEN_HINT, options)
  const hint =
    error.code === 'address_in_use'
      ? '--port chooses another one; 0 takes any that is free'
      : '--host and --port choose another one'
  return new CliError('unavailable', error.message, hint, options)
}

function tokenOf(file: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (file === undefined) return env[TOKEN_VARIABLE] || undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CliError('usage', `--token-file cannot be read (${reason})`, 'give a file with the token in it')
  }
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

function openBrowser(url: string, complain: (message: string) => void): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => complain(`no browser could be opened: go to ${url}`))
  child.unref()
}
