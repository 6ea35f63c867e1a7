// @ts-check
// Where the examples keep their records: the file that FEATURE_TRACKING_DB_PATH names, else one in a new temporary
// folder. An application needs none of this; it sets the variable, or takes the default in the user's home folder.
// Examples import this file first: the tracker reads the variable when the first function is tracked.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

process.env['FEATURE_TRACKING_DB_PATH'] ||= join(
  mkdtempSync(join(tmpdir(), 'feature-tracking-')),
  'feature_tracking.db',
)

/** Tells this run's records from those that the file held before. */
export const startedAt = new Date()
