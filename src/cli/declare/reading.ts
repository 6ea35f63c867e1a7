import type { Command } from 'commander'
import type { FeatureStatsOptions } from '../commands/feature-stats.js'
import type { ListFeaturesOptions } from '../commands/list-features.js'
import type { ListRecordsOptions } from '../commands/list-records.js'
import { contextOf } from '../context.js'
import { addExamples } from '../help.js'
import type { CliIO } from '../io.js'
import {
  categoryOption,
  featureOption,
  limitOption,
  sinceOption,
  statusOption,
  untilOption,
  userOption,
} from '../options.js'

/** Commands that answer from a file. */
export function addReading(program: Command, io: CliIO): void {
  addListFeatures(program, io)
  addFeatureStats(program, io)
  addListRecords(program, io)
}

function addListFeatures(program: Command, io: CliIO): void {
  const command = program.command('list-features').description('List the features that are used most.')
  command
    .addOption(featureOption())
    .addOption(categoryOption())
    .addOption(statusOption())
    .addOption(userOption())
    .addOption(sinceOption(io.now))
    .addOption(untilOption(io.now))
    .addOption(limitOption(10, 'features'))
    .action(async (options: ListFeaturesOptions) => {
      const { listFeatures } = await import('../commands/list-features.js')
      await listFeatures(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking list-features', 'the ten most used'],
    ['feature-tracking list-features --since 7d', 'of this week, compared with the week before'],
    ['feature-tracking list-features --limit 1000 --csv > features.csv', 'up to a thousand, for a spreadsheet'],
  ])
}

function addFeatureStats(program: Command, io: CliIO): void {
  const command = program
    .command('feature-stats')
    .description('Show one feature in figures: calls, outcomes, durations, errors, sizes, users.')
  command
    .argument('<feature_name>', 'the feature, spelled as list-features shows it')
    .addOption(categoryOption())
    .addOption(userOption())
    .addOption(sinceOption(io.now))
    .addOption(untilOption(io.now))
    .action(async (name: string, options: FeatureStatsOptions) => {
      const { featureStats } = await import('../commands/feature-stats.js')
      await featureStats(contextOf(command, io), name, options)
    })
  addExamples(command, io, [
    ['feature-tracking feature-stats ai_generation', 'calls in every category'],
    ['feature-tracking feature-stats import --category file_operation --since 7d', 'in one category, this week'],
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
    .addOption(sinceOption(io.now))
    .addOption(untilOption(io.now))
    .addOption(limitOption(20, 'records'))
    .action(async (options: ListRecordsOptions) => {
      const { listRecords } = await import('../commands/list-records.js')
      await listRecords(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking list-records --status failed --since 24h', 'what failed since yesterday'],
    ['feature-tracking list-records --feature ai_generation --user ada --limit 50', "one user's calls of one feature"],
    ['feature-tracking list-records --since 2026-11-01 --until 2026-12-01 --limit 100000 --csv', 'a month, whole'],
  ])
}
