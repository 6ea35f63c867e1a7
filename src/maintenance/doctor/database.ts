import type { Database } from 'better-sqlite3'
import {
  openForReading,
  pendingSteps,
  refuseForeignSchema,
  rollupStatus,
  schemaStatus,
  spaceOf,
} from '../../store/sqlite/housekeeping/index.js'
import { lookAt } from '../files.js'
import { megabytes } from './files.js'
import { type DoctorContext, type Finding, note, ok, problem, warning } from './finding.js'

/** More of the file without content is worth a note. */
const FREE_SHARE = 0.2

/** More rows that wait for the sums than this, and nobody seems to take them in. */
const MANY_ROWS = 100_000

export function lookIntoDatabase(context: DoctorContext): Finding[] {
  const { path, full } = context
  if (lookAt(path)?.isFile() !== true) return []
  const database = openForReading(path)
  try {
    return [
      ...lookAtSchema(database),
      ...lookAtForeign(database, path),
      ...lookAtIntegrity(database, path, full),
      ...lookAtSpace(database),
      ...lookAtSums(database),
    ]
  } finally {
    database.close()
  }
}

function lookAtSchema(database: Database): Finding[] {
  const { current, latest } = schemaStatus(database)
  if (current === latest) return [ok('schema', `version ${current}, the latest`)]
  const steps = pendingSteps(current).map(({ name }) => name)
  return [
    warning(
      'schema',
      `version ${current}${current === 0 ? ", that of the Python original's file" : ''}; ${latest} is the latest (${steps.join(', ')}): statistics are slow`,
      'feature-tracking migrate up, or let the application write to it once',
    ),
  ]
}

function lookAtForeign(database: Database, path: string): Finding[] {
  try {
    refuseForeignSchema(database, path)
    return []
  } catch (error) {
    return [note('schema', error instanceof Error ? error.message : String(error))]
  }
}

function lookAtIntegrity(database: Database, path: string, full: boolean): Finding[] {
  const check = full ? 'integrity_check' : 'quick_check'
  const found = database.pragma(`${check}(3)`) as Readonly<Record<string, string>>[]
  const messages = found.map((row) => Object.values(row)[0] ?? '')
  if (messages[0] === 'ok') return [ok('integrity', `SQLite's ${full ? 'full' : 'quick'} check found nothing`)]
  return [
    problem(
      'integrity',
      `${path} is damaged: ${messages.join('; ')}`,
      'restore a backup (feature-tracking restore), or move the file away to start anew',
    ),
  ]
}

function lookAtSpace(database: Database): Finding[] {
  const { bytes, freeBytes, canShrink } = spaceOf(database)
  if (freeBytes <= bytes * FREE_SHARE) return [ok('space', `${megabytes(freeBytes)} of the file are free`)]
  return [
    note(
      'space',
      `${megabytes(freeBytes)} of ${megabytes(bytes)} are free; coming records take them first. ${
        canShrink ? 'feature-tracking cleanup gives them back' : 'feature-tracking cleanup --vacuum gives them back'
      }`,
    ),
  ]
}

function lookAtSums(database: Database): Finding[] {
  if (schemaStatus(database).current < 2) return []
  const { rowsToGo, rebuilding, coveredCalls } = rollupStatus(database)
  if (rebuilding || rowsToGo > MANY_ROWS)
    return [
      note(
        'statistics',
        `${rebuilding ? 'the sums are being made anew' : 'many rows wait for the sums'}: ${rowsToGo} rows to go; answers are right and slower until then. Whoever writes to the file takes them in`,
      ),
    ]
  return [ok('statistics', `the sums hold ${coveredCalls} calls, ${rowsToGo} rows wait`)]
}
