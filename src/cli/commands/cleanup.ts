import type { FeatureCategory } from '../../record/index.js'
import type { Archive, Cleanup } from '../../maintenance/index.js'
import type { CommandContext } from '../context.js'
import { CliError } from '../errors.js'
import { maintain } from '../maintain.js'
import { durationText, grouped, localTime, sizeText } from '../output/format.js'
import { type Labelled, printObject } from '../output/object.js'
import type { DataRow } from '../output/rows.js'
import { visible } from '../output/text.js'
import { inZone, type Moment } from '../time-option.js'

interface LimitOptions {
  olderThan?: Moment
  maxRows?: number
  feature?: string
  category?: FeatureCategory
}

export interface CleanupCommandOptions extends LimitOptions {
  maxSize?: number
  dropStatistics?: boolean
  vacuum?: boolean
  yes?: boolean
}

export interface ArchiveCommandOptions extends LimitOptions {
  to?: string
  dryRun?: boolean
}

export interface UnarchiveCommandOptions {
  dryRun?: boolean
}

/** @throws CliError without a limit */
export async function runCleanup(context: CommandContext, options: CleanupCommandOptions): Promise<void> {
  const maxBytes = options.maxSize
  // To write the file anew, no record has to go.
  const limits = options.vacuum === true && !hasLimit(options) ? { before: new Date(0) } : limitsOf(context, options)
  const done = await maintain(context, async ({ signal, progress }) => {
    const { cleanup } = await import('../../maintenance/index.js')
    return cleanup({
      ...limits,
      dbPath: context.database.path,
      maxBytes,
      dryRun: options.yes !== true,
      dropStatistics: options.dropStatistics,
      vacuum: options.vacuum,
      signal,
      onProgress: ({ phase, done: part, total }) => {
        progress.show(phase === 'rows' ? 'Removing records' : 'Giving space back', part, total)
      },
    })
  })
  await printObject(context, cleanupRow(done), cleanupLines(context, done))
}

function hasLimit({ olderThan, maxRows, maxSize }: CleanupCommandOptions): boolean {
  return olderThan !== undefined || maxRows !== undefined || maxSize !== undefined
}

function limitsOf(context: CommandContext, options: LimitOptions & { maxSize?: number }) {
  if (!hasLimit(options))
    throw new CliError(
      'usage',
      'no limit was given',
      'give --older-than 90d, --max-rows 100000 or, to cleanup, --max-size 500MB',
    )
  return {
    before: inZone(options.olderThan, context.io.now(), context.zone)?.millis,
    maxRows: options.maxRows,
    featureName: options.feature,
    category: options.category,
  }
}

function cleanupRow(done: Cleanup): DataRow {
  return {
    path: done.path,
    dry_run: done.dryRun,
    rows: done.rows,
    row_bytes: done.rowBytes,
    before: done.before,
    bytes_before: done.bytesBefore,
    bytes_after: done.bytesAfter,
    free_bytes: done.freeBytes,
    can_shrink: done.canShrink,
    seconds: done.seconds,
  }
}

function cleanupLines(context: CommandContext, done: Cleanup): (Labelled | string)[] {
  const lines: (Labelled | string)[] = [
    [done.dryRun ? 'Would remove' : 'Removed', `${grouped(done.rows)} records, about ${sizeText(done.rowBytes)}`],
    ...startedBefore(context, done.before),
    ['File', `${sizeText(done.bytesBefore)} → ${done.dryRun ? 'about ' : ''}${sizeText(done.bytesAfter)}`],
  ]
  if (done.freeBytes > 0 && !done.canShrink)
    lines.push(
      `${sizeText(done.freeBytes)} in the file are free for coming records. This file cannot shrink little by little; --vacuum writes it anew, while nobody else can write.`,
    )
  if (done.dryRun) lines.push('Nothing was removed. Run it again with --yes.')
  return lines
}

function startedBefore({ zone }: CommandContext, before: string | null): Labelled[] {
  return before === null ? [] : [['Started before', localTime(before, zone)]]
}

/** @throws CliError without a limit */
export async function runArchive(context: CommandContext, options: ArchiveCommandOptions): Promise<void> {
  const limits = limitsOf(context, options)
  const done = await maintain(context, async ({ signal, progress }) => {
    const { archive } = await import('../../maintenance/index.js')
    return archive({
      ...limits,
      dbPath: context.database.path,
      to: options.to,
      dryRun: options.dryRun,
      signal,
      onProgress: ({ phase, done: part, total }) => {
        progress.show({ write: 'Writing', verify: 'Reading back', remove: 'Removing' }[phase], part, total)
      },
    })
  })
  await printObject(context, archiveRow(done), archiveLines(context, done))
}

function archiveRow(done: Archive): DataRow {
  const { path, dryRun, rows, removed, bytes, checksum, before, seconds } = done
  return { path, dry_run: dryRun, rows, removed, bytes, checksum, before, seconds }
}

function archiveLines(context: CommandContext, done: Archive): (Labelled | string)[] {
  if (done.dryRun)
    return [
      ['Would move', `${grouped(done.rows)} records`],
      ...startedBefore(context, done.before),
      'Nothing was moved: that is what --dry-run is for.',
    ]
  if (done.path === null) return ['Nothing to move: no records started before then.']
  return [
    ['Moved', `${grouped(done.rows)} records`],
    ...startedBefore(context, done.before),
    ['Archive', `${visible(done.path)} (${sizeText(done.bytes)})`],
    ['Checksum', done.checksum ?? ''],
  ]
}

export async function runUnarchive(
  context: CommandContext,
  file: string,
  { dryRun }: UnarchiveCommandOptions,
): Promise<void> {
  const done = await maintain(context, async ({ signal, progress }) => {
    const { unarchive } = await import('../../maintenance/index.js')
    return unarchive({
      from: file,
      dbPath: context.database.path,
      dryRun,
      signal,
      onProgress: (rows) => {
        progress.show(`Bringing back ${grouped(rows)} records`, 0, 0)
      },
    })
  })
  const { path, rows, inserted, checksum, seconds } = done
  await printObject(context, { path, dry_run: done.dryRun, rows, inserted, checksum, seconds }, [
    ['Archive', `${grouped(rows)} records, whole`],
    ...(done.dryRun ? [] : ([['Brought back', `${grouped(inserted)} records in ${durationText(seconds)}`]] as const)),
    ['Checksum', checksum],
  ])
}
