// @ts-check
// Imported first: the tracker reads the variable when the first function is tracked.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './repository.js'

const OWN_PATH = join(REPOSITORY, '.demo', 'feature_tracking.db')

// Each run starts from a fresh file, but a file that the user chose is not ours to delete: it grows.
if (!process.env['FEATURE_TRACKING_DB_PATH']) {
  for (const suffix of ['', '-wal', '-shm']) rmSync(OWN_PATH + suffix, { force: true })
  process.env['FEATURE_TRACKING_DB_PATH'] = OWN_PATH
}

/** Tells this run's records from those that the file held before. */
export const startedAt = new Date()
