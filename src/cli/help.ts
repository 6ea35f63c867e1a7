import type { Command, Help } from 'commander'
import { SETTINGS } from '../config/index.js'
import { EXIT_CODES } from './errors.js'
import { type CliIO, outputWidth } from './io.js'

const MAX_HELP_WIDTH = 100

/** The part of the root help below the commands: examples, settings, exit codes. */
export function rootHelp(command: Command, width: number): string {
  const help = preparedHelp(command, width)
  return [
    examples(help, [
      ['feature-tracking list-features', 'what is used most'],
      ['feature-tracking feature-stats ai_generation', 'one feature in figures'],
      ['feature-tracking list-records --status failed --since 24h', 'what went wrong since yesterday'],
      ['feature-tracking list-features --json --db-path ./usage.db', 'for a script, from another file'],
    ]),
    section(
      help,
      'Settings, from the environment (this command reads the first, the tracked application all):',
      settingItems(),
    ),
    section(
      help,
      'Exit codes:',
      EXIT_CODES.map(({ code, meaning }) => [String(code), meaning]),
    ),
  ].join('\n')
}

/** Columns that help is wrapped to. */
export function helpWidth(io: CliIO): number {
  return Math.min(outputWidth(io) ?? 80, MAX_HELP_WIDTH)
}

/** Adds examples to the help of a command. */
export function addExamples(command: Command, io: CliIO, lines: readonly HelpItem[]): void {
  command.addHelpText('after', () => commandHelp(command, helpWidth(io), lines))
}

/** The examples of one command. */
function commandHelp(command: Command, width: number, lines: readonly HelpItem[]): string {
  return examples(preparedHelp(command, width), lines)
}

export type HelpItem = readonly [term: string, description: string]

function settingItems(): HelpItem[] {
  return SETTINGS.map(({ variable, description, defaultText }) => [
    variable,
    `${description} (default: ${defaultText === '' ? 'none' : defaultText})`,
  ])
}

function section(help: Help, title: string, items: readonly HelpItem[]): string {
  const termWidth = Math.max(...items.map(([term]) => term.length))
  const lines = items.map(([term, description]) => help.formatItem(term, termWidth, description, help))
  return ['', help.styleTitle(help.boxWrap(title, help.helpWidth ?? 80)), ...lines].join('\n')
}

/** A command is never wrapped: it is there to be copied. */
function examples(help: Help, items: readonly HelpItem[]): string {
  const lines = items.map(([line, purpose]) => `  # ${purpose}\n  ${line}`)
  return ['', help.styleTitle('Examples:'), ...lines].join('\n')
}

function preparedHelp(command: Command, width: number): Help {
  const help = command.createHelp()
  help.prepareContext({ helpWidth: width })
  return help
}
