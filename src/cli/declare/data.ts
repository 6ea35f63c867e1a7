import { type Command, Option } from 'commander'
import type { ExportCommandOptions } from '../commands/export.js'
import type { ImportCommandOptions } from '../commands/import.js'
import type { ForgetCommandOptions, RotateCommandOptions } from '../commands/privacy.js'
import { contextOf } from '../context.js'
import { addExamples } from '../help.js'
import type { CliIO } from '../io.js'
import { categoryOption, featureOption, momentOption, statusOption, userOption } from '../options.js'

/** Commands that take data out of a file, into it, or persons out of it. */
export function addData(program: Command, io: CliIO): void {
  addExport(program, io)
  addImport(program, io)
  addMerge(program, io)
  addForget(program, io)
  addPrivacy(program, io)
}

function addExport(program: Command, io: CliIO): void {
  const command = program
    .command('export')
    .description('Write records to a file or to stdout, or send them to a receiver of OTLP.')
  command
    .addOption(featureOption())
    .addOption(categoryOption())
    .addOption(statusOption())
    .addOption(userOption())
    .addOption(momentOption('--since <time>', 'started at this time or later; see list-records', io.now))
    .addOption(momentOption('--until <time>', 'started before this time', io.now))
    .addOption(
      new Option(
        '--format <format>',
        'csv, json, jsonl, parquet or otlp (default: what the name of the file tells)',
      ).choices(['csv', 'json', 'jsonl', 'parquet', 'otlp']),
    )
    .option('-o, --output <file>', 'the file to write, compressed where it ends in .gz (default: stdout)')
    .option('--force', 'replace the file where it is there already')
    .option('--endpoint <url>', 'where to send OTLP (default: the OTEL_EXPORTER_OTLP_* variables)')
    .addOption(
      new Option('--protocol <protocol>', 'of OTLP (default: the variables, else http/protobuf)').choices([
        'http/protobuf',
        'http/json',
      ]),
    )
    .action(async (options: ExportCommandOptions) => {
      const { runExport } = await import('../commands/export.js')
      await runExport(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking export -o usage.parquet', 'everything, for DuckDB or pandas'],
    ['feature-tracking export --since 7d -o week.csv.gz', 'a week, compressed'],
    ['feature-tracking export --format jsonl --status failed | head', 'failed calls, into a pipe'],
    ['feature-tracking export --format otlp --endpoint http://localhost:4318', 'to Jaeger or Tempo, as spans'],
  ])
}

function addImport(program: Command, io: CliIO): void {
  const command = program
    .command('import')
    .description('Take records from files in; those that are there already stay.')
  command
    .argument('<file...>', 'CSV, JSON, JSON Lines or Parquet, also with gzip')
    .addOption(
      new Option('--format <format>', 'csv, json, jsonl or parquet (default: what the file tells)').choices([
        'csv',
        'json',
        'jsonl',
        'parquet',
      ]),
    )
    .addOption(
      new Option('--on-error <what>', 'what a row does that cannot be taken').choices(['stop', 'skip']).default('stop'),
    )
    .action(async (files: string[], options: ImportCommandOptions) => {
      const { runImport } = await import('../commands/import.js')
      await runImport(contextOf(command, io), files, options)
    })
  addExamples(command, io, [
    ['feature-tracking import usage.parquet', 'what another machine exported'],
    ['feature-tracking import *.csv --on-error skip', 'and report the rows that are wrong'],
  ])
}

function addMerge(program: Command, io: CliIO): void {
  const command = program.command('merge').description('Unite the databases of several machines.')
  command
    .argument('<file...>', 'databases of this library or of the Python original')
    .requiredOption('--into <file>', 'the database that takes the records in; it is made where it lacks')
    .action(async (files: string[], options: { into: string }) => {
      const { runMerge } = await import('../commands/import.js')
      await runMerge(contextOf(command, io), files, options)
    })
  addExamples(command, io, [['feature-tracking merge a.db b.db --into all.db', 'again and again, as they grow']])
}

function addForget(program: Command, io: CliIO): void {
  const command = program
    .command('forget')
    .description('Erase users from the database and from files that are named. Says what there is; --yes does it.')
  command
    .argument('<user...>', 'by id or by whole pseudonym')
    .option('--also <file...>', 'backups, archives and exports to erase them from, too')
    .option('-y, --yes', 'do it')
    .action(async (users: string[], options: ForgetCommandOptions) => {
      const { runForget } = await import('../commands/privacy.js')
      await runForget(contextOf(command, io), users, options)
    })
  addExamples(command, io, [
    ['feature-tracking forget ada', 'what there is of her'],
    ['feature-tracking forget ada --also backups/*.db usage.csv.gz --yes', 'erase it, and prove it'],
  ])
}

function addPrivacy(program: Command, io: CliIO): void {
  const privacy = program.command('privacy').description('See what is stored of persons; change the key of pseudonyms.')
  const audit = privacy
    .command('audit')
    .description('List every metadata key, and look for what resembles persons and secrets.')
  audit.action(async () => {
    const { runAudit } = await import('../commands/privacy.js')
    await runAudit(contextOf(audit, io))
  })
  addExamples(audit, io, [['feature-tracking privacy audit', 'exit code 4 where something was found']])
  const rotate = privacy
    .command('rotate-key')
    .description('Make a new key; old pseudonyms can then be linked to nobody.')
  rotate
    .option('--ids <file>', 'give records of these users, one id a line, the pseudonyms of the new key')
    .option('-y, --yes', 'do it')
    .action(async (options: RotateCommandOptions) => {
      const { runRotateKey } = await import('../commands/privacy.js')
      await runRotateKey(contextOf(rotate, io), options)
    })
  addExamples(rotate, io, [
    ['feature-tracking privacy rotate-key --yes', 'start anew: the same people count as new ones'],
    ['feature-tracking privacy rotate-key --ids users.txt --yes', 'people who are listed stay the same'],
  ])
}
