import { isTrue } from '../../config/index.js'
import type { Diagnosis, DoctorCheck, Finding, Migrated, MigrationStatus } from '../../maintenance/index.js'
import type { Colors, CommandContext } from '../context.js'
import { CliError } from '../errors.js'
import { maintain } from '../maintain.js'
import { printData, printTable } from '../output/print.js'
import { type Labelled, printObject } from '../output/object.js'
import type { DataRow } from '../output/rows.js'
import { visible } from '../output/text.js'
import { write } from '../output/write.js'

export interface DoctorCommandOptions {
  full?: boolean
}

export interface MigrateCommandOptions {
  backup: boolean
}

/** @throws CliError `unhealthy` when there is something to mend, after it was printed */
export async function runDoctor(context: CommandContext, { full }: DoctorCommandOptions): Promise<void> {
  const diagnosis = await maintain(context, async () => {
    const { doctor } = await import('../../maintenance/index.js')
    const { path, origin } = context.database
    // Named where the user named it, so that the origin of the value is told right.
    const dbPath = origin === 'argument' ? path : undefined
    return doctor({ dbPath, environment: context.io.env, full, checks: [lookAtOpenTelemetry(context.io.env)] })
  })
  await printDiagnosis(context, diagnosis)
  if (diagnosis.isHealthy) return
  const count = diagnosis.findings.filter(needsMending).length
  throw new CliError('found', `${count === 1 ? 'one thing is' : `${count} things are`} to be mended`)
}

/** What applications that start with these variables do with spans. */
function lookAtOpenTelemetry(environment: NodeJS.ProcessEnv): DoctorCheck {
  const check = 'OpenTelemetry'
  return {
    check,
    look: async () => {
      const { otlpEndpoint } = await import('../../../exporters/index.js')
      const endpoint = otlpEndpoint(environment)
      const provider: Finding = {
        check,
        level: 'note',
        message: 'which provider an application has, and what is attached, its featureTracker.diagnose() says',
      }
      if (isTrue(environment['OTEL_SDK_DISABLED'])) {
        const message = 'OTEL_SDK_DISABLED is true: features are stored, and no spans are made or sent'
        return [{ check, level: 'note', message }, provider]
      }
      if (endpoint === undefined)
        return [{ check, level: 'ok', message: 'no OTLP endpoint is named: spans stay in the process' }, provider]
      if (URL.canParse(endpoint)) return [{ check, level: 'ok', message: `spans go to ${endpoint} too` }, provider]
      const remedy = 'give OTEL_EXPORTER_OTLP_ENDPOINT an address such as http://localhost:4318'
      return [
        { check, level: 'warning', message: `spans cannot go to ${endpoint}: it is no address`, remedy },
        provider,
      ]
    },
  }
}

function needsMending({ level }: Finding): boolean {
  return level === 'warning' || level === 'problem'
}

async function printDiagnosis(
  context: CommandContext,
  { path, settings, findings, isHealthy }: Diagnosis,
): Promise<void> {
  const findingRows = findings.map(findingRow)
  const settingRows = settings.map(({ setting, value, origin }) => ({ variable: setting.variable, value, origin }))
  if (context.mode === 'csv') return printData(context, FINDING_KEYS, findingRows, (row) => row)
  if (context.mode === 'json') {
    const row: DataRow = { path, healthy: isHealthy, findings: findingRows, settings: settingRows }
    return printObject(context, row, [])
  }
  await write(context.io.stdout, findingLines(findings, context.colors))
  await write(context.io.stdout, ['\n'])
  return printTable(
    context,
    [
      { header: 'Setting', text: (row: (typeof settingRows)[number]) => row.variable },
      { header: 'Value', text: (row) => visible(valueText(row.value)), cut: { comfortable: 40, least: 10 } },
      { header: 'From', text: (row) => row.origin },
    ],
    settingRows,
    undefined,
  )
}

const FINDING_KEYS = ['check', 'level', 'message', 'remedy'] as const

function findingRow({ check, level, message, remedy }: Finding): DataRow {
  return { check, level, message, remedy: remedy ?? null }
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return String(value)
}

function* findingLines(findings: readonly Finding[], colors: Colors): Generator<string> {
  const width = Math.max(...findings.map(({ check }) => check.length))
  for (const { check, level, message, remedy } of findings) {
    yield `${painted(level, colors)}  ${check.padEnd(width)}  ${visible(message)}\n`
    if (remedy !== undefined) yield `${' '.repeat(LEVEL_WIDTH + width + 4)}→ ${visible(remedy)}\n`
  }
}

const LEVEL_WIDTH = 'problem'.length

function painted(level: Finding['level'], colors: Colors): string {
  const text = level.padEnd(LEVEL_WIDTH)
  if (level === 'problem') return colors.red(text)
  if (level === 'warning') return colors.yellow(text)
  return level === 'ok' ? colors.green(text) : text
}

/** @throws CliError for another action, and for `down` */
export async function runMigrate(
  context: CommandContext,
  action: string,
  { backup }: MigrateCommandOptions,
): Promise<void> {
  const dbPath = context.database.path
  const done = await maintain(context, async ({ signal, progress }): Promise<Migrated | MigrationStatus> => {
    const { migrate, migrationStatus, refuseDowngrade } = await import('../../maintenance/index.js')
    if (action === 'status') return migrationStatus({ dbPath })
    if (action === 'down') return refuseDowngrade({ dbPath })
    if (action !== 'up')
      throw new CliError('usage', `migrate has no action ${JSON.stringify(action)}`, 'give status, up or nothing')
    return migrate({
      dbPath,
      backup,
      signal,
      onProgress: ({ done: part, total }) => {
        progress.show('Backing up', part, total)
      },
    })
  })
  const made = 'backup' in done ? done.backup : null
  const { path, current, latest, pending } = done
  const row: DataRow = { path, current, latest, pending, backup: made?.path ?? null }
  const lines: (Labelled | string)[] = [
    ['Database', visible(path)],
    ['Schema', `version ${current} of ${latest}${current === 0 ? ', that of the Python original' : ''}`],
    ...pending.map(({ version, name }): Labelled => ['Lacks', `${version} ${name}`]),
    ...(made === null ? [] : ([['Backup', visible(made.path)]] as const)),
  ]
  if (pending.length > 0) lines.push('feature-tracking migrate up brings it up to date, after a backup.')
  await printObject(context, row, lines)
}
