import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type PromotionSet, readRulesFile, RulesFileError } from '../../config/index.js'
import {
  type DryRun,
  dryRunRules,
  type DryRunRule,
  type DryRunSpan,
  problemText,
  readRecordedSpans,
  type RecordedSpan,
  type RuleValidation,
  validateRules,
} from '../../span/index.js'
import type { CommandContext } from '../context.js'
import { CliError } from '../errors.js'
import { NONE } from '../output/format.js'
import { paintStatus } from '../output/paint.js'
import { printData, printLine, printTable } from '../output/print.js'
import { type DataRow, recordRow } from '../output/rows.js'
import type { Column } from '../output/table.js'
import { visible } from '../output/text.js'
import { write } from '../output/write.js'

export interface RulesCheckOptions {
  spans?: string
  promote?: readonly PromotionSet[]
}

/**
 * Says what is wrong with a rules file, and what its rules make of recorded spans.
 * @throws CliError where a file cannot be read, and after the report where a rule is bad
 */
export async function rulesCheck(context: CommandContext, file: string, options: RulesCheckOptions): Promise<void> {
  const rules = readRules(file)
  const validation = validateRules(rules)
  const promote = options.promote ?? []
  const run = options.spans === undefined ? undefined : dryRunRules(readSpans(options.spans), rules, { promote })
  await print(context, file, validation, run)
  const { length } = validation.problems
  if (length > 0)
    throw new CliError(
      'bad_rules',
      `${file} has ${length === 1 ? 'a problem' : `${length} problems`}`,
      'an application leaves bad rules out, and uses the others',
    )
}

function readRules(file: string): unknown {
  try {
    return readRulesFile(resolve(file))
  } catch (error) {
    if (!(error instanceof RulesFileError)) throw error
    throw new CliError(error.code === 'not_found' ? 'not_found' : 'bad_rules', error.message, undefined, {
      cause: error,
    })
  }
}

function readSpans(file: string): RecordedSpan[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new CliError('not_found', `${file} does not exist`)
    throw new CliError('bad_spans', `${file} cannot be read: ${message}`)
  }
  try {
    return readRecordedSpans(text)
  } catch (error) {
    const hint = 'give JSON lines of spans, or OTLP in JSON; docs/promotion.md shows both'
    throw new CliError('bad_spans', `${file}, ${(error as Error).message}`, hint)
  }
}

async function print(
  context: CommandContext,
  file: string,
  { valid, problems }: RuleValidation,
  run: DryRun | undefined,
): Promise<void> {
  if (context.mode === 'csv') {
    if (run !== undefined) return printData(context, SPAN_KEYS, run.spans, spanRow)
    return printData(context, PROBLEM_KEYS, problems, (problem) => ({ ...problem }))
  }
  if (context.mode === 'json') {
    const { jsonObject } = await import('../output/json.js')
    const dryRun = run === undefined ? null : { rules: run.rules.map(ruleRow), spans: run.spans.map(spanRow) }
    return write(context.io.stdout, [jsonObject({ file, valid: valid.length, problems, dry_run: dryRun })])
  }
  for (const problem of problems)
    await printLine(context, paintStatus(visible(problemText(problem, file)), 'failed', context.colors))
  await printLine(context, `${valid.length === 1 ? '1 good rule' : `${valid.length} good rules`} in ${visible(file)}.`)
  if (run === undefined) return
  await printLine(context, '')
  await printTable(context, RULE_COLUMNS, run.rules, undefined)
  await printLine(context, '')
  await printTable(context, SPAN_COLUMNS, run.spans, undefined)
}

const PROBLEM_KEYS = ['index', 'rule', 'field', 'message']
const SPAN_KEYS = ['span', 'kind', 'scope', 'trace_id', 'span_id', 'rule', 'why', 'record']

function ruleRow({ name, isBuiltIn, matches, records }: DryRunRule): DataRow {
  return { name, built_in: isBuiltIn, matches, records }
}

function spanRow({ name, kind, scope, traceId, spanId, rule, why, record }: DryRunSpan): DataRow {
  return {
    span: name,
    kind,
    scope,
    trace_id: traceId,
    span_id: spanId,
    rule: rule ?? null,
    why: why ?? null,
    record: record === undefined ? null : recordRow(record),
  }
}

const RULE_COLUMNS: readonly Column<DryRunRule>[] = [
  { header: 'Rule', text: ({ name }) => visible(name), cut: { comfortable: 30, least: 10 } },
  { header: 'From', text: ({ isBuiltIn }) => (isBuiltIn ? 'built-in' : 'file') },
  { header: 'Matches', align: 'right', text: ({ matches }) => String(matches) },
  { header: 'Records', align: 'right', text: ({ records }) => String(records) },
]

const SPAN_COLUMNS: readonly Column<DryRunSpan>[] = [
  { header: 'Span', text: ({ name }) => visible(name), cut: { comfortable: 30, least: 12 } },
  { header: 'Scope', text: ({ scope }) => visible(scope), cut: { comfortable: 24, least: 10 }, leaveOut: 2 },
  { header: 'Rule', text: ({ rule }) => visible(rule ?? NONE), cut: { comfortable: 16, least: 8 } },
  {
    header: 'Feature, or why not',
    text: ({ record, why }) => visible(record?.featureName ?? why ?? NONE),
    cut: { comfortable: 40, least: 16 },
  },
  { header: 'Category', text: ({ record }) => record?.category ?? NONE, leaveOut: 4 },
  {
    header: 'Status',
    text: ({ record }) => record?.status ?? NONE,
    paint: (text, { record }, colors) => (record === undefined ? text : paintStatus(text, record.status, colors)),
    leaveOut: 3,
  },
  {
    header: 'Parent feature',
    text: ({ record }) => visible(String(record?.metadata['parent_feature'] ?? NONE)),
    cut: { comfortable: 24, least: 10 },
    leaveOut: 1,
  },
]
