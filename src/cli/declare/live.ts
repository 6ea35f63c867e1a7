import type { Command } from 'commander'
import type { TailOptions } from '../commands/tail.js'
import type { TopOptions } from '../commands/top.js'
import { contextOf } from '../context.js'
import { addExamples } from '../help.js'
import type { CliIO } from '../io.js'
import {
  categoryOption,
  countOption,
  featureOption,
  limitOption,
  spanOption,
  statusOption,
  userOption,
} from '../options.js'

/** Commands that go on until they are stopped. */
export function addLive(program: Command, io: CliIO): void {
  addTail(program, io)
  addTop(program, io)
}

function addTail(program: Command, io: CliIO): void {
  const command = program.command('tail').description('Show calls as they are stored, by whichever process.')
  command
    .addOption(featureOption())
    .addOption(categoryOption())
    .addOption(statusOption())
    .addOption(userOption())
    .addOption(countOption('-n, --limit <n>', 'begin with so many of the last calls').default(10))
    .option('--no-follow', 'only those, then end')
    .action(async (options: TailOptions) => {
      const { tail } = await import('../commands/tail.js')
      await tail(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking tail', 'all calls; Ctrl-C ends it'],
    ['feature-tracking tail --status failed', 'only what fails'],
    ['feature-tracking tail --feature ai_generation --json', 'JSON Lines, for another program'],
  ])
}

function addTop(program: Command, io: CliIO): void {
  const command = program.command('top').description('Watch which features are used now; q or Ctrl-C ends it.')
  command
    .addOption(featureOption())
    .addOption(categoryOption())
    .addOption(spanOption('--window <time>', 'over how much time the figures are').default(60_000, '60s'))
    .addOption(spanOption('--every <time>', 'how often they are shown').default(2000, '2s'))
    .addOption(limitOption(20, 'features'))
    .option('--once', 'show them once, then end; the way for pipes')
    .action(async (options: TopOptions) => {
      const { top } = await import('../commands/top.js')
      await top(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking top', 'the last minute, every two seconds'],
    ['feature-tracking top --window 15m --every 10s', 'slower'],
    ['feature-tracking top --once --json', 'for a script'],
  ])
}
