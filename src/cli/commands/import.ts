import { existsSync } from 'node:fs'
import type { FileFormat, ImportReport, MergeReport } from '../../maintenance/index.js'
import type { CommandContext } from '../context.js'
import { CliError } from '../errors.js'
import { grouped } from '../output/format.js'
import { visible } from '../output/text.js'
import { transfer } from '../transfer.js'
import { tell } from './export.js'

export interface ImportCommandOptions {
  format?: FileFormat
  onError: 'stop' | 'skip'
}

/** Records from files. @throws CliError */
export async function runImport(
  context: CommandContext,
  files: readonly string[],
  options: ImportCommandOptions,
): Promise<void> {
  const { importRecords } = await import('../../maintenance/index.js')
  const report = await transfer(context, 'import', ({ onProgress }) =>
    importRecords({
      dbPath: context.database.path,
      files,
      format: options.format,
      onError: options.onError,
      onProgress,
    }),
  )
  await tell(context, report, importText(report, context.database.path))
}

function importText({ rows, added, present, skipped, skippedRows, unusual }: ImportReport, path: string): string {
  const lines = [`${grouped(rows)} records were read, ${grouped(added)} are new in ${visible(path)}`]
  if (present > 0) lines.push(`${grouped(present)} were there already and were left as they are`)
  if (skipped > 0) lines.push(`${grouped(skipped)} were left out:`)
  for (const { file, place, column, message } of skippedRows)
    lines.push(
      `  ${visible(file)}, ${place}${column === null ? '' : `, column ${visible(column)}`}: ${visible(message)}`,
    )
  if (skipped > skippedRows.length) lines.push(`  and ${grouped(skipped - skippedRows.length)} more`)
  const kinds = {
    'unknown category': unusual.categories,
    'unknown status': unusual.statuses,
    'start that is no time': unusual.times,
  }
  for (const [kind, count] of Object.entries(kinds))
    if (count > 0)
      lines.push(`note: ${grouped(count)} have an ${kind}; they were taken as they are`.replace('an start', 'a start'))
  return lines.join('\n')
}

/** Databases of several machines into one. @throws CliError */
export async function runMerge(
  context: CommandContext,
  files: readonly string[],
  options: { into: string },
): Promise<void> {
  const { mergeDatabases } = await import('../../maintenance/index.js')
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined)
    throw new CliError('not_found', `there is no file ${missing}`, 'give the paths of databases to merge')
  const report = await transfer(context, 'merge', ({ onProgress }) =>
    mergeDatabases({ sources: files, into: options.into, onProgress }),
  )
  await tell(context, report, mergeText(report))
}

function mergeText({ sources, into, rows, added, keys, frozen }: MergeReport): string {
  const lines = sources.map(
    (source) => `${visible(source.path)}: ${grouped(source.rows)} records, ${grouped(source.added)} of them new`,
  )
  lines.push(`${visible(into)} has ${grouped(added)} more records, of ${grouped(rows)} that were read`)
  if (keys === 'different')
    lines.push(
      'note: the databases have different keys, so the same person has a pseudonym of its own in each and counts once for each',
    )
  if (keys === 'none') lines.push('note: no database has a key; user ids are stored as they are in the files')
  for (const path of frozen)
    lines.push(`note: ${visible(path)} also has sums of records that retention removed; sums are not merged`)
  return lines.join('\n')
}
