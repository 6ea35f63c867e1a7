import { Command, Option } from 'commander'
import pc from 'picocolors'
import { addDashboard } from './declare/dashboard.js'
import { addData } from './declare/data.js'
import type { GlobalOptions } from './context.js'
import { addLive } from './declare/live.js'
import { addMaintaining } from './declare/maintaining.js'
import { addReading } from './declare/reading.js'
import { addRules } from './declare/rules.js'
import { addStarting } from './declare/starting.js'
import { helpWidth, rootHelp } from './help.js'
import { type CliIO, wantsColor } from './io.js'
import { zoneOption } from './options.js'
import { packageVersion } from './version.js'

/**
 * The command line as commander knows it, ready to parse; it also tells tests and documentation which commands and
 * options there are. A command's own code is loaded when it runs.
 */
export function createProgram(io: CliIO): Command {
  const program = baseProgram(io)
  addReading(program, io)
  addLive(program, io)
  addMaintaining(program, io)
  addStarting(program, io)
  addRules(program, io)
  addData(program, io)
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
    .addOption(zoneOption())
    .option('--no-color', 'no colours; the same as setting NO_COLOR')
}

/** Without `[options]`, which every command has: it would only push the descriptions to the right. */
function subcommandTerm(command: Command): string {
  const operands = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  )
  return [command.name(), ...operands].join(' ')
}
