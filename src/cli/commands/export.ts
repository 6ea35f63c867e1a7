import type { FeatureCategory, FeatureStatus } from '../../record/index.js'
import type { FileFormat } from '../../maintenance/index.js'
import type { RecordFilter } from '../../store/index.js'
import type { CommandContext } from '../context.js'
import { CliError } from '../errors.js'
import { grouped } from '../output/format.js'
import { jsonObject } from '../output/json.js'
import { visible } from '../output/text.js'
import { write } from '../output/write.js'
import type { Moment } from '../time-option.js'
import { transfer } from '../transfer.js'

export interface FilterOptions {
  feature?: string
  category?: FeatureCategory
  status?: FeatureStatus
  user?: string
  since?: Moment
  until?: Moment
}

export interface ExportCommandOptions extends FilterOptions {
  format?: FileFormat | 'otlp'
  output?: string
  force?: boolean
  endpoint?: string
  protocol?: 'http/protobuf' | 'http/json'
}

/** Records to a file, to stdout or to a receiver of OTLP. @throws CliError */
export async function runExport(context: CommandContext, options: ExportCommandOptions): Promise<void> {
  if (options.format === 'otlp') return exportOtlp(context, options)
  if (options.endpoint !== undefined || options.protocol !== undefined)
    throw new CliError('usage', '--endpoint and --protocol belong to --format otlp')
  const { exportRecords } = await import('../../maintenance/index.js')
  const format = options.format ?? (options.output === undefined ? formatOfMode(context) : undefined)
  const output =
    options.output === undefined ? { stream: context.io.stdout } : { path: options.output, force: options.force }
  // Records that appear on the terminal themselves show how far it is.
  const io = options.output === undefined && context.io.isTTY ? { ...context.io, showsProgress: false } : context.io
  const { rows, path } = await transfer({ ...context, io }, 'export', ({ signal, onProgress }) =>
    exportRecords({ dbPath: context.database.path, filter: filterOf(options), format, output, signal, onProgress }),
  )
  if (path === undefined) return
  await tell(context, { rows, path }, `${grouped(rows)} records are in ${visible(path)}`)
}

/** Without a file, `--json` and `--csv` tell the format, as they do elsewhere. */
function formatOfMode({ mode }: CommandContext): FileFormat | undefined {
  return mode === 'table' ? undefined : mode
}

async function exportOtlp(context: CommandContext, options: ExportCommandOptions): Promise<void> {
  if (options.output !== undefined) throw new CliError('usage', '--format otlp sends records: it takes no --output')
  const { exportOtlp: send } = await import('../../maintenance/index.js')
  const report = await transfer(context, 'send', ({ signal, onProgress }) =>
    send({
      dbPath: context.database.path,
      filter: filterOf(options),
      endpoint: options.endpoint,
      protocol: options.protocol,
      env: context.io.env,
      signal,
      onProgress,
    }),
  )
  const { rows, rejected, url } = report
  const refused = rejected === 0 ? '' : `; the receiver rejected ${grouped(rejected)} of them`
  await tell(context, report, `${grouped(rows)} records were sent to ${visible(url)} as spans${refused}`)
}

/** On stdout where a program asked, else on stderr: stdout may be a pipe that waits for records. */
export async function tell(context: CommandContext, report: object, line: string): Promise<void> {
  if (context.mode === 'json') await write(context.io.stdout, [jsonObject(report)])
  else context.io.stderr.write(`${line}\n`)
}

/** @throws CliError when no time lies between `since` and `until` */
export function filterOf({ feature, category, status, user, since, until }: FilterOptions): RecordFilter {
  if (since !== undefined && until !== undefined && since.millis >= until.millis)
    throw new CliError(
      'usage',
      `no time lies between --since ${since.text} and --until ${until.text}`,
      'give an earlier --since or a later --until',
    )
  return { featureName: feature, category, status, userId: user, since: since?.millis, until: until?.millis }
}
