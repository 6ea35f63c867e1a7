export { type Backup, backup, type BackupOptions, listBackups } from './backup/backup.js'
export { restore, type Restored, type RestoreOptions } from './backup/restore.js'
export { MaintenanceError, type MaintenanceErrorCode } from './error.js'
export { type Cleanup, cleanup, type CleanupOptions, type CleanupProgress } from './cleanup/cleanup.js'
export type { CleanupLimits } from './cleanup/limits.js'
export { type Archive, archive, type ArchiveOptions, type ArchiveProgress } from './archive/archive.js'
export { unarchive, type Unarchived, type UnarchiveOptions } from './archive/unarchive.js'
export {
  migrate,
  type Migrated,
  type MigrateOptions,
  migrationStatus,
  type MigrationStatus,
  refuseDowngrade,
} from './migrate/migrate.js'
export { type Diagnosis, doctor, type DoctorOptions } from './doctor/doctor.js'
export type { DoctorCheck, DoctorContext, Finding, FindingLevel } from './doctor/finding.js'
