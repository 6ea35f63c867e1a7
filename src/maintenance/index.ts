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
export { exportRecords } from './export/export-records.js'
export type { FileFormat } from './export/formats.js'
export { exportOtlp } from './export/otlp/export-otlp.js'
export { importRecords, type ImportReport } from './import/import-records.js'
export { mergeDatabases, type MergeReport } from './import/merge.js'
export { auditPrivacy, type AuditReport } from './privacy/audit.js'
export type { Found } from './privacy/byte-search.js'
export { forgetUsers, type ForgetReport } from './privacy/forget.js'
export { rotateKey } from './privacy/rotate-key.js'
export type { Progress, ProgressListener } from './progress.js'
