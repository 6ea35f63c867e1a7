import { resolveSettings } from '../../config/index.js'
import type { SchemaStatus } from '../../store/index.js'
import { openForReading, openForUpkeep, pendingSteps, schemaStatus } from '../../store/sqlite/housekeeping/index.js'
import { backup, type Backup, type BackupOptions } from '../backup/backup.js'
import { MaintenanceError } from '../error.js'
import { freshName } from '../files.js'

export interface MigrationStatus extends SchemaStatus {
  readonly path: string
  /** The steps that the file lacks. */
  readonly pending: readonly { readonly version: number; readonly name: string }[]
}

export interface MigrateOptions extends Pick<BackupOptions, 'dbPath' | 'onProgress' | 'signal'> {
  /** Make a backup first, beside the file. Default: true. */
  readonly backup?: boolean | undefined
}

export interface Migrated extends MigrationStatus {
  /** The version before. */
  readonly from: number
  /** The backup that was made before; null where nothing was to be done or none was wanted. */
  readonly backup: Backup | null
}

/** The version of a file, which is not changed. Version 0 is that of the Python original. @throws StoreError */
export function migrationStatus({ dbPath }: Pick<BackupOptions, 'dbPath'> = {}): MigrationStatus {
  const path = resolveSettings({ dbPath }).dbPath
  const database = openForReading(path)
  try {
    const status = schemaStatus(database)
    return { path, ...status, pending: pendingSteps(status.current) }
  } finally {
    database.close()
  }
}

/**
 * Brings the schema of a file up to date, after a backup as `<file>.before-v<version>-<time>`. All steps and their record
 * are one transaction. The tables that statistics need are filled afterwards, by whoever writes to the file.
 *
 * @throws StoreError, MaintenanceError
 */
export async function migrate(options: MigrateOptions = {}): Promise<Migrated> {
  const before = migrationStatus(options)
  if (before.pending.length === 0) return { ...before, from: before.current, backup: null }
  const to = freshName(`${before.path}.before-v${before.latest}-`, Date.now())
  const made = options.backup === false ? null : await backup({ ...options, dbPath: before.path, to })
  openForUpkeep(before.path).close()
  return { ...migrationStatus({ dbPath: before.path }), from: before.current, backup: made }
}

/**
 * Refuses, always: steps go forward only, since a later version keeps what an earlier one does not know.
 * @throws MaintenanceError `refused`, which says what to do instead
 */
export function refuseDowngrade({ dbPath }: Pick<BackupOptions, 'dbPath'> = {}): never {
  const { path, current } = migrationStatus({ dbPath })
  throw new MaintenanceError(
    'refused',
    `${path} has schema version ${current}, and there is no way back to an earlier one: restore the backup that was made before the migration (${path}.before-v…). Table feature_usage is the same in every version, so the Python original goes on reading and writing the file as it is`,
  )
}
