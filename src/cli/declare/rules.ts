import type { Command } from 'commander'
import type { RulesCheckOptions } from '../commands/rules-check.js'
import { contextOf } from '../context.js'
import { addExamples } from '../help.js'
import type { CliIO } from '../io.js'
import { promoteOption } from '../options.js'

/** Commands about the rules that promote spans. */
export function addRules(program: Command, io: CliIO): void {
  const rules = program.command('rules').description('Rules that make records of the spans of other instrumentation.')
  const command = rules
    .command('check')
    .description('Check a rules file, and try it on recorded spans.')
    .argument('<file>', 'the rules: .json, .js, .mjs, .cjs or .ts')
    .option('--spans <file>', 'recorded spans: JSON lines, or OTLP in JSON')
    .addOption(promoteOption(io.env['FEATURE_TRACKING_PROMOTE']))
  command.action(async (file: string, options: RulesCheckOptions) => {
    const { rulesCheck } = await import('../commands/rules-check.js')
    await rulesCheck(contextOf(command, io), file, options)
  })
  addExamples(command, io, [
    ['feature-tracking rules check rules.json', 'what is wrong with it'],
    ['feature-tracking rules check rules.json --spans spans.jsonl', 'what each rule makes of recorded spans'],
    [
      'feature-tracking rules check rules.ts --spans otlp.json --promote all --json',
      'with the built-in rules, for a script',
    ],
  ])
}
