import type { Command } from 'commander'
import { cliErrorOf, EXIT, exitCodeOf, ExitWith } from './errors.js'
import type { CliIO } from './io.js'
import { createProgram } from './program.js'
import { reportError } from './report.js'

/**
 * Runs one command line. Output is flushed when the promise resolves; errors have been reported.
 * @param argv the words after the program's name
 * @returns the exit code
 */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const program = createProgram(io)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return EXIT.ok
  } catch (thrown) {
    if (thrown instanceof ExitWith) return thrown.exitCode
    const error = cliErrorOf(thrown, helpCommand(program, argv))
    if (error === undefined) return EXIT.ok
    // Help was shown in place of an error that says the same, except to a program.
    if (!isBareHelp(thrown) || wantsJson(argv)) reportError(error, io, wantsJson(argv))
    return exitCodeOf(error.code)
  }
}

/** Asked of the words themselves: they may be what could not be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}

function isBareHelp(thrown: unknown): boolean {
  return (thrown as { code?: unknown }).code === 'commander.help'
}

/** Of the innermost command that the words name. */
function helpCommand(program: Command, argv: readonly string[]): string {
  const words = [program.name()]
  for (let at: Command | undefined = program; at !== undefined;) {
    at = at.commands.find((candidate) => argv.includes(candidate.name()))
    if (at !== undefined) words.push(at.name())
  }
  return [...words, '--help'].join(' ')
}
