import { Command, Option } from 'commander'
import pc from 'picocolors'
import type { DashboardOptions } from './commands/dashboard.js'
import type { FeatureStatsOptions } from './commands/feature-stats.js'
import type { ListRecordsOptions } from './commands/list-records.js'
import { contextOf, type GlobalOptions } from './context.js'
import { commandHelp, type HelpItem, rootHelp } from './help.js'
import { type CliIO, outputWidth, wantsColor } from './io.js'
import {
  categoryOption,
  featureOption,
  limitOption,
  momentOption,
  portOption,
  statusOption,
  userOption,
} from './options.js'
import { packageVersion } from './version.js'

const MAX_HELP_WIDTH = 100

/**
 * The command line as commander knows it, ready to parse; it also tells tests and documentation which commands and
 * options there are. A command's own code is loaded when it runs.
 */
export function createProgram(io: CliIO): Command {
  const program = baseProgram(io)
  addListFeatures(program, io)
  addFeatureStats(program, io)
  addListRecords(program, io)
  addDashboard(program, io)
  return program.addHelpText('after', ({ command }) => (command === program ? rootHelp(command, helpWidth(io)) : ''))
}

function baseProgram(io: CliIO): Command {
  const program = new Command('feature-tracking')
  return program
    .description('Which features of your application are used, how often, how fast, how well and by how many people.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => (program.opts<GlobalOptions>().json === true ? undefined : io.stderr.write(text)),
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(io),
      getErrHelpWidth: () => helpWidth(io),
      getOutHasColors: () => wantsColor(io, program.opts<GlobalOptions>().color),
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true, styleTitle: pc.createColors(true).bold, subcommandTerm })
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'Show the help of a command.')
    .version(packageVersion(), '-V, --version', 'show the version')
    .option(
      '--db-path <path>',
      'the file to read (default: FEATURE_TRACKING_DB_PATH, else ~/.cloudcurio/feature_tracking.db)',
    )
    .addOption(new Option('--json', 'print JSON').conflicts('csv'))
    .option('--csv', 'print CSV with a header line')
    .option('--no-color', 'no colours; the same as setting NO_COLOR')
}

function addListFeatures(program: Command, io: CliIO): void {
  const command = program.command('list-features').description('List the features that are used most.')
  command.addOption(limitOption(10, 'features')).action(async (options: { limit: number }) => {
    const { listFeatures } = await import('./commands/list-features.js')
    await listFeatures(contextOf(command, io), options)
  })
  addExamples(command, io, [
    ['feature-tracking list-features', 'the ten most used'],
    ['feature-tracking list-features --limit 1000 --csv > features.csv', 'up to a thousand, for a spreadsheet'],
  ])
}

function addFeatureStats(program: Command, io: CliIO): void {
  const command = program
    .command('feature-stats')
    .description('Show one feature in figures: calls, outcomes, durations, sizes, users.')
  command
    .argument('<feature_name>', 'the feature, spelled as list-features shows it')
    .addOption(categoryOption())
    .action(async (name: string, options: FeatureStatsOptions) => {
      const { featureStats } = await import('./commands/feature-stats.js')
      await featureStats(contextOf(command, io), name, options)
    })
  addExamples(command, io, [
    ['feature-tracking feature-stats ai_generation', 'calls in every category'],
    ['feature-tracking feature-stats import --category file_operation', 'calls in one category'],
    ['feature-tracking feature-stats ai_generation --json', 'for a script'],
  ])
}

function addListRecords(program: Command, io: CliIO): void {
  const command = program.command('list-records').description('List single calls, the latest first.')
  command
    .addOption(featureOption())
    .addOption(categoryOption())
    .addOption(statusOption())
    .addOption(userOption())
    .addOption(
      momentOption('--since <time>', 'started at this time or later: 30m, 24h, 7d, 2w, or an ISO date or time', io.now),
    )
    .addOption(momentOption('--until <time>', 'started before this time; written as for --since', io.now))
    .addOption(limitOption(20, 'records'))
    .action(async (options: ListRecordsOptions) => {
      const { listRecords } = await import('./commands/list-records.js')
      await listRecords(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking list-records --status failed --since 24h', 'what failed since yesterday'],
    ['feature-tracking list-records --feature ai_generation --user ada --limit 50', "one user's calls of one feature"],
    ['feature-tracking list-records --since 2026-11-01 --until 2026-12-01 --limit 100000 --csv', 'a month, whole'],
  ])
}

function addDashboard(program: Command, io: CliIO): void {
  const command = program.command('dashboard').description('Serve the dashboard and its HTTP API until Ctrl+C.')
  command
    .addOption(portOption(8081))
    .option('--host <address>', 'listen on this address; any but this machine itself needs a token', '127.0.0.1')
    .option('--open', 'open the browser')
    .option('--allow-host <name...>', 'names, besides localhost, under which browsers reach it')
    .option('--token-file <path>', 'a file with the token (default: FEATURE_TRACKING_DASHBOARD_TOKEN)')
    .action(async (options: DashboardOptions) => {
      const { dashboard } = await import('./commands/dashboard.js')
      await dashboard(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking dashboard --open', 'here, in the browser'],
    ['feature-tracking dashboard --db-path app.db --port 9000', 'another file, on another port'],
    ['feature-tracking dashboard --host 0.0.0.0 --token-file token.txt', 'for other machines, who need the token'],
  ])
}

/** Without `[options]`, which every command has: it would only push the descriptions to the right. */
function subcommandTerm(command: Command): string {
  const operands = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  )
  return [command.name(), ...operands].join(' ')
}

function addExamples(command: Command, io: CliIO, lines: readonly HelpItem[]): void {
  command.addHelpText('after', () => commandHelp(command, helpWidth(io), lines))
}

function helpWidth(io: CliIO): number {
  return Math.min(outputWidth(io) ?? 80, MAX_HELP_WIDTH)
}
