import { setTimeout as sleep } from 'node:timers/promises'
import type { Backup, BackupOptions } from '../../maintenance/index.js'
import type { CommandContext } from '../context.js'
import { CliError, cliErrorOf } from '../errors.js'
import { failureOf, maintain, type Work } from '../maintain.js'
import { durationText, grouped, sizeText } from '../output/format.js'
import { type Labelled, printObject } from '../output/object.js'
import type { DataRow } from '../output/rows.js'
import { visible } from '../output/text.js'
import { reportError } from '../report.js'

export interface BackupCommandOptions {
  folder?: string
  keep?: number
  /** Milliseconds. */
  every?: number
  force?: boolean
}

export interface RestoreCommandOptions {
  checksum?: string
  discard?: boolean
  dryRun?: boolean
}

export async function runBackup(
  context: CommandContext,
  file: string | undefined,
  options: BackupCommandOptions,
): Promise<void> {
  if (file !== undefined && (options.folder ?? options.keep ?? options.every) !== undefined)
    throw new CliError('usage', '--folder, --keep and --every name the file themselves', 'leave the file out')
  const given = {
    dbPath: context.database.path,
    to: file,
    folder: options.folder,
    keep: options.keep,
    overwrite: options.force,
  }
  if (options.every === undefined) return print(context, await maintain(context, (work) => once(given, work)))
  await repeat(context, given, options.every)
}

async function once(options: BackupOptions, { signal, progress }: Work): Promise<Backup> {
  const { backup } = await import('../../maintenance/index.js')
  return backup({
    ...options,
    signal,
    onProgress: ({ phase, done, total }) => {
      progress.show(phase === 'copy' ? 'Copying' : 'Verifying', done, total)
    },
  })
}

/** Goes on until it is stopped; a backup that fails is reported, and the next one is made in its time. */
async function repeat(context: CommandContext, options: BackupOptions, every: number): Promise<void> {
  try {
    await maintain(context, async (work) => {
      for (;;) {
        const due = Date.now() + every
        try {
          await print(context, await once(options, work))
        } catch (error) {
          if (work.signal.aborted) throw error
          const shown = cliErrorOf(await failureOf(error, context), '')
          if (shown !== undefined) reportError(shown, context.io, context.mode === 'json')
        }
        await sleep(Math.max(0, due - Date.now()), undefined, { signal: work.signal })
      }
    })
  } catch (error) {
    // To be stopped is how this ends.
    if (!(error instanceof CliError && error.code === 'stopped')) throw error
  }
}

async function print(context: CommandContext, made: Backup): Promise<void> {
  const { path, bytes, rows, checksum, seconds, removed } = made
  const row: DataRow = { path, bytes, rows, checksum, seconds, removed }
  await printObject(context, row, [
    ['Backup', `${visible(path)} (${sizeText(bytes)})`],
    ['Records', `${grouped(rows)}, verified in ${durationText(seconds)}`],
    ['Checksum', checksum],
    ...removed.map((older): Labelled => ['Removed', visible(older)]),
  ])
}

export async function runRestore(
  context: CommandContext,
  file: string,
  { checksum, discard, dryRun }: RestoreCommandOptions,
): Promise<void> {
  const done = await maintain(context, async ({ signal, progress }) => {
    const { restore } = await import('../../maintenance/index.js')
    return restore({
      from: file,
      dbPath: context.database.path,
      checksum,
      keepReplaced: discard !== true,
      dryRun,
      signal,
      onProgress: ({ phase, done: part, total }) => {
        progress.show(phase === 'copy' ? 'Copying' : 'Verifying', part, total)
      },
    })
  })
  const { path, bytes, rows, replaced, seconds } = done
  const row: DataRow = { path, dry_run: dryRun === true, bytes, rows, checksum: done.checksum, replaced, seconds }
  await printObject(context, row, [
    [dryRun === true ? 'Sound' : 'Restored', `${grouped(rows)} records (${sizeText(bytes)})`],
    ...(dryRun === true ? [] : ([['Database', visible(path)]] as const)),
    ...(replaced === null ? [] : ([['Kept', `${visible(replaced)} is the file that was replaced`]] as const)),
    ['Checksum', done.checksum],
  ])
}
