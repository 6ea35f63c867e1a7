import type { Command } from 'commander'
import type { BackupCommandOptions, RestoreCommandOptions } from '../commands/backup.js'
import type { ArchiveCommandOptions, CleanupCommandOptions, UnarchiveCommandOptions } from '../commands/cleanup.js'
import type { DoctorCommandOptions, MigrateCommandOptions } from '../commands/doctor.js'
import { contextOf } from '../context.js'
import { addExamples } from '../help.js'
import type { CliIO } from '../io.js'
import { bytesOption, categoryOption, countOption, featureOption, momentOption, spanOption } from '../options.js'

/** Commands that work on a file as a whole. */
export function addMaintaining(program: Command, io: CliIO): void {
  addCleanup(program, io)
  addArchive(program, io)
  addUnarchive(program, io)
  addBackup(program, io)
  addRestore(program, io)
  addMigrate(program, io)
  addDoctor(program, io)
}

function olderThan(io: CliIO) {
  return momentOption('--older-than <time>', 'records that started before: 90d, 12w, or an ISO date or time', io.now)
}

function addCleanup(program: Command, io: CliIO): void {
  const command = program
    .command('cleanup')
    .description('Remove old records and make the file smaller. Says what would go; --yes does it.')
  command
    .addOption(olderThan(io))
    .addOption(countOption('--max-rows <n>', 'leave so many records, the latest'))
    .addOption(bytesOption('--max-size <size>', 'leave a file of this size, such as 500MB'))
    .addOption(featureOption())
    .addOption(categoryOption())
    .option('--drop-statistics', 'let the statistics of these records go, too')
    .option('--vacuum', 'write the whole file anew: for files that cannot shrink otherwise; nobody can write meanwhile')
    .option('-y, --yes', 'do it')
    .action(async (options: CleanupCommandOptions) => {
      const { runCleanup } = await import('../commands/cleanup.js')
      await runCleanup(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking cleanup --older-than 90d', 'how many records and bytes would go'],
    ['feature-tracking cleanup --older-than 90d --yes', 'remove them; statistics stay'],
    ['feature-tracking cleanup --max-size 500MB --yes', 'the oldest, until the file is that small'],
    ['feature-tracking cleanup --feature health_check --max-rows 1000 --yes', 'of one feature'],
  ])
}

function addArchive(program: Command, io: CliIO): void {
  const command = program.command('archive').description('Move old records into a compressed file.')
  command
    .addOption(olderThan(io))
    .addOption(countOption('--max-rows <n>', 'leave so many records, the latest'))
    .addOption(featureOption())
    .addOption(categoryOption())
    .option('--to <file>', 'the file to make, *.jsonl.gz (default: archives/ beside the database)')
    .option('--dry-run', 'only say how many records would be moved')
    .action(async (options: ArchiveCommandOptions) => {
      const { runArchive } = await import('../commands/cleanup.js')
      await runArchive(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking archive --older-than 90d', 'what is older than 90 days'],
    ['feature-tracking archive --older-than 2026-01-01 --to /backups/2025.jsonl.gz', 'a year'],
  ])
}

function addUnarchive(program: Command, io: CliIO): void {
  const command = program
    .command('unarchive')
    .description('Bring the records of an archive back; those that are there stay.')
  command
    .argument('<file>', 'what archive has made')
    .option('--dry-run', 'only read the archive, and say whether it is whole')
    .action(async (file: string, options: UnarchiveCommandOptions) => {
      const { runUnarchive } = await import('../commands/cleanup.js')
      await runUnarchive(contextOf(command, io), file, options)
    })
  addExamples(command, io, [
    ['feature-tracking unarchive /backups/2025.jsonl.gz', 'all of it'],
    ['feature-tracking unarchive /backups/2025.jsonl.gz --dry-run', 'whether it is whole'],
  ])
}

function addBackup(program: Command, io: CliIO): void {
  const command = program.command('backup').description('Copy the database while it is in use, and verify the copy.')
  command
    .argument('[file]', 'the file to make (default: a name with the time, in --folder)')
    .option('--folder <folder>', 'where backups with a time in their name go (default: backups/ beside the database)')
    .addOption(countOption('--keep <n>', 'of those, keep so many and remove older ones', 1))
    .addOption(spanOption('--every <time>', 'go on, with a backup each time so much has passed'))
    .option('--force', 'replace the file if it is there')
    .action(async (file: string | undefined, options: BackupCommandOptions) => {
      const { runBackup } = await import('../commands/backup.js')
      await runBackup(contextOf(command, io), file, options)
    })
  addExamples(command, io, [
    ['feature-tracking backup', 'into backups/ beside the database'],
    ['feature-tracking backup --folder /backups --keep 14', 'for cron: the last fourteen'],
    ['feature-tracking backup --every 24h --keep 7', 'in the foreground, for a service'],
  ])
}

function addRestore(program: Command, io: CliIO): void {
  const command = program.command('restore').description('Put a backup in the place of the database.')
  command
    .argument('<file>', 'the backup')
    .option('--checksum <hex>', 'refuse a backup with another checksum than this')
    .option('--discard', 'do not keep the file that is replaced')
    .option('--dry-run', 'only verify the backup')
    .action(async (file: string, options: RestoreCommandOptions) => {
      const { runRestore } = await import('../commands/backup.js')
      await runRestore(contextOf(command, io), file, options)
    })
  addExamples(command, io, [
    ['feature-tracking restore /backups/usage.backup', 'the file that is replaced is kept beside it'],
    ['feature-tracking restore /backups/usage.backup --dry-run', 'whether the backup is sound'],
  ])
}

function addMigrate(program: Command, io: CliIO): void {
  const command = program.command('migrate').description("Look at the schema's version, or bring it up to date.")
  command
    .argument('[action]', 'status (default), up, or down, which is refused', 'status')
    .option('--no-backup', 'make no backup first')
    .action(async (action: string, options: MigrateCommandOptions) => {
      const { runMigrate } = await import('../commands/doctor.js')
      await runMigrate(contextOf(command, io), action, options)
    })
  addExamples(command, io, [
    ['feature-tracking migrate', 'which version the file has, and what it lacks'],
    ['feature-tracking migrate up', 'bring it up to date, after a backup'],
  ])
}

function addDoctor(program: Command, io: CliIO): void {
  const command = program.command('doctor').description('Look at the file, its surroundings and the configuration.')
  command
    .option('--full', "SQLite's full check, of every index too; slow for large files")
    .action(async (options: DoctorCommandOptions) => {
      const { runDoctor } = await import('../commands/doctor.js')
      await runDoctor(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking doctor', 'what there is to mend, and how'],
    ['feature-tracking doctor --full --json', 'for a script: exit code 4 when there is something'],
  ])
}
