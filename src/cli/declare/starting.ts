import type { Command } from 'commander'
import { contextOf } from '../context.js'
import { addExamples } from '../help.js'
import type { CliIO } from '../io.js'

/** Commands about programs: the application's, and the shell. */
export function addStarting(program: Command, io: CliIO): void {
  addRun(program, io)
  addCompletion(program, io)
}

function addRun(program: Command, io: CliIO): void {
  const command = program
    .command('run')
    .description('Start an application with tracking in it and in what it starts.')
    .argument('<command...>', 'after --, as for the shell')
  command.action(async (words: string[]) => {
    const { run } = await import('../commands/run.js')
    await run(contextOf(command, io), words)
  })
  addExamples(command, io, [
    ['feature-tracking run -- node app.js', 'as node --import @cloudcurio/feature-tracking/register app.js'],
    ['feature-tracking run -- npm start', 'whatever starts Node.js'],
  ])
}

function addCompletion(program: Command, io: CliIO): void {
  const command = program
    .command('completion')
    .description('Print what makes a shell complete commands and options.')
    .argument('<shell>', 'bash, zsh or fish')
  command.action(async (shell: string) => {
    const { completion } = await import('../commands/completion.js')
    await completion(contextOf(command, io), program, shell)
  })
  addExamples(command, io, [
    ['source <(feature-tracking completion bash)', 'for this bash; in ~/.bashrc for each'],
    ['feature-tracking completion zsh > ~/.zfunc/_feature-tracking', 'zsh, with ~/.zfunc in fpath'],
    ['feature-tracking completion fish > ~/.config/fish/completions/feature-tracking.fish', 'fish'],
  ])
}
