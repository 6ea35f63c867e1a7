import { CommanderError } from 'commander'
import type { MaintenanceErrorCode } from '../maintenance/index.js'
import type { StoreErrorCode } from '../store/index.js'

/** Exit codes with their meaning, as the root help shows them. */
export const EXIT_CODES = [
  { code: 0, name: 'ok', meaning: 'done; an empty list is an answer too' },
  { code: 1, name: 'absent', meaning: 'what was asked for is not there: no such feature, no such file' },
  { code: 2, name: 'usage', meaning: 'unknown command or option, or a bad value' },
  {
    code: 3,
    name: 'unusable',
    meaning: 'a file cannot be used: not ours, newer, damaged, locked, there already; or output cannot be written',
  },
  { code: 4, name: 'found', meaning: 'doctor or privacy audit found something, or forget could not erase everything' },
  { code: 70, name: 'fault', meaning: 'a fault of feature-tracking itself' },
  { code: 130, name: 'stopped', meaning: 'stopped by Ctrl-C or SIGTERM before it was done' },
] as const

type ExitName = (typeof EXIT_CODES)[number]['name']

export const EXIT = Object.fromEntries(EXIT_CODES.map(({ name, code }) => [name, code])) as Record<ExitName, number>

export type CliErrorCode =
  | StoreErrorCode
  | MaintenanceErrorCode
  | 'no_such_feature'
  | 'bad_rules'
  | 'bad_spans'
  | 'usage'
  | 'output_failed'
  | 'found'
  | 'stopped'
  | 'internal'

/** An error that the user can do something about; it is shown without a stack. */
export class CliError extends Error {
  readonly code: CliErrorCode
  readonly hint: string | undefined

  constructor(code: CliErrorCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CliError'
    this.code = code
    this.hint = hint
  }
}

/** Ends the command line with the exit code of a program that it ran; nothing is reported. */
export class ExitWith extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit ${exitCode}`)
    this.exitCode = exitCode
  }
}

export function exitCodeOf(code: CliErrorCode): number {
  if (code === 'not_found' || code === 'no_such_feature') return EXIT.absent
  if (code === 'usage' || code === 'bad_path') return EXIT.usage
  if (code === 'found' || code === 'not_erased') return EXIT.found
  if (code === 'stopped') return EXIT.stopped
  return code === 'internal' ? EXIT.fault : EXIT.unusable
}

/**
 * The error to show for whatever was thrown, or undefined where commander ended well, as after `--help`.
 * @param helpCommand the command line whose help explains the usage
 */
export function cliErrorOf(error: unknown, helpCommand: string): CliError | undefined {
  if (error instanceof CliError) return error
  if (!(error instanceof CommanderError)) return faultOf(error)
  if (error.exitCode === 0) return undefined
  if (error.code === 'commander.help')
    return new CliError('usage', 'no command was given', `${helpCommand} lists the commands`)
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n(Did you mean ')
  return new CliError('usage', message, usageHint(error, suggestion, helpCommand))
}

function usageHint(error: CommanderError, suggestion: string | undefined, helpCommand: string): string | undefined {
  if (suggestion !== undefined) return `did you mean ${suggestion.replace(/\)$/, '')}`
  // The message of a bad value lists the good ones already.
  return error.code === 'commander.invalidArgument' ? undefined : `see ${helpCommand}`
}

function faultOf(error: unknown): CliError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new CliError('internal', text, 'this is a fault of feature-tracking: please report it with the lines above', {
    cause: error,
  })
}
